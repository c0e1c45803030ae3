/*
 * In: a host's address, v1 or v2. Out: its stream from a cursor on, and the events of its frames.
 * Keeps: both protocols are read through one interface; a v1 stream has no `sync` and says so in `hasSync`.
 */

import { parseFrame } from '@updraft/atproto';
import type { Cursor } from '../cursor.ts';
import { parseV2Frame, type StreamFrame } from '../events/v2-frame.ts';
import { hostName, type Protocol, protocolOf, type StreamFilter, subscribeUrl } from '../host.ts';
import { type LiveOptions, type LiveStream, openStream } from './live-stream.ts';

export interface LiveSource {
  readonly address: string;
  /** What its sequence numbers belong to. */
  readonly host: string;
  readonly protocol: Protocol;
  /** Whether the stream tells of repositories that diverged. Without it an index keeps what they no longer have. */
  readonly hasSync: boolean;
  /**
   * From a cursor on, inclusive; at the live end without one, or with another host's sequence number.
   * @throws InvalidRequestError for a filter that the host would refuse.
   */
  open(cursor: Cursor | undefined, signal: AbortSignal): LiveStream;
  /** Reads one of its frames. Never throws. */
  parse(text: string): StreamFrame;
}

export interface LiveSourceOptions extends LiveOptions {
  readonly filter?: StreamFilter | undefined;
}

export function createLiveSource(address: string, { filter, ...options }: LiveSourceOptions): LiveSource {
  const protocol = protocolOf(address);
  const hasAllKinds = filter?.kinds === undefined || filter.kinds.length === 0 || filter.kinds.includes('sync');
  return {
    address,
    host: hostName(address),
    protocol,
    hasSync: protocol === 'v2' && hasAllKinds,
    open: (cursor, signal) => openStream(subscribeUrl(address, { cursor, filter }), options, signal),
    parse: protocol === 'v2' ? parseV2Frame : parseV1,
  };
}

function parseV1(text: string): StreamFrame {
  const parsed = parseFrame(text);
  return parsed.ok ? { kind: 'event', event: parsed.event } : { kind: 'rejected', frame: parsed };
}
