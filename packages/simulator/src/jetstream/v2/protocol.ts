import type { Protocol } from '../../wire/endpoint.ts';
import type { Cursor } from '../cursor.ts';
import { badRequest } from './bad-request.ts';
import type { V2Reader } from './subscriber.ts';
import { readSubscription } from './subscription.ts';
import type { ZstdDictionary } from './zstd-dictionary.ts';

export const XRPC_PATH = '/xrpc/network.bsky.jetstream.';
export const V2_PATH = `${XRPC_PATH}subscribeEvents`;

export interface V2ProtocolOptions {
  onReader(reader: V2Reader, cursor: Cursor): Promise<void>;
  /** Whether every reader is refused. */
  isUnavailable(): boolean;
  /** The oldest sequence number that a cursor may have; 0: any. */
  floorSeq(): number;
  readonly dictionary: ZstdDictionary;
}

const POLICY_VIOLATION = 1008;

/** Jetstream v2, live: refusals have a body of JSON, and a reader must not send anything. */
export function v2Protocol({ onReader, isUnavailable, floorSeq, dictionary }: V2ProtocolOptions): Protocol {
  return {
    open(query) {
      if (isUnavailable())
        return { status: 503, body: { error: 'ServiceUnavailable', message: 'service starting up' } };
      const subscription = readSubscription(query);
      if ('status' in subscription) return subscription;
      const { cursor, filter, zstdDictionary } = subscription;
      if (zstdDictionary !== undefined && zstdDictionary !== dictionary.id)
        return badRequest('UnknownZstdDictionary', `the dictionary in use is ${dictionary.id}`);
      if (cursor.kind === 'seq' && cursor.value < floorSeq())
        return badRequest('CursorTooOld', `the oldest event is ${floorSeq()}`);
      const compress = zstdDictionary === undefined ? undefined : dictionary.compress;
      return ({ channel, ws }) => {
        ws.on('message', () => ws.close(POLICY_VIOLATION, 'the stream takes no messages'));
        void onReader({ channel, filter, compress }, cursor);
      };
    },
  };
}
