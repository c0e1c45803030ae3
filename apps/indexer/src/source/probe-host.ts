import { type JetstreamEvent, parseFrame } from '@updraft/atproto';
import { eventMicros } from '../cursor/tail.ts';
import { openSocket } from './socket.ts';

/** What another host says of a collection. */
export type ProbeAnswer =
  | 'sends' // it sent records of several accounts within the stretch
  | 'sends none' // it came as far as the stretch, or had no more to send, and sent none
  | 'unknown'; // it could not be asked, or did not come that far: after a time cursor some replay hours

export interface ProbeOptions {
  readonly host: string;
  readonly collection: string;
  /** The stretch in which the first host sent none, in microseconds on the senders' clocks. */
  readonly fromMicros: number;
  readonly toMicros: number;
  readonly timeoutMs: number;
}

/** One account may have a wrong clock, which proves nothing. */
const WITNESS_ACCOUNTS = 5;
const MAX_FRAME_BYTES = 4 * 1024 * 1024;

/**
 * Asks a host for one collection only, from the start of the stretch on, for a bounded time. Never rejects; `unknown` when it can't be asked
 * or the signal aborts.
 */
export async function probeHost(options: ProbeOptions, signal: AbortSignal): Promise<ProbeAnswer> {
  const { collection, fromMicros, toMicros, timeoutMs } = options;
  const accounts = new Set<string>();
  let isOpen = false;
  let hasReached = false;
  let lastFrameMs = performance.now();
  const limits = { maxPayload: MAX_FRAME_BYTES, handshakeTimeout: timeoutMs };
  const { ws, end, outcome } = openSocket<ProbeAnswer>(probeUrl(options), limits, 'unknown', signal);
  const timer = setTimeout(() => {
    const isSilent = performance.now() - lastFrameMs > timeoutMs / 2;
    end(isOpen && (hasReached || isSilent) ? 'sends none' : 'unknown');
  }, timeoutMs);
  ws.on('open', () => {
    isOpen = true;
  });
  ws.on('message', (data: Buffer) => {
    lastFrameMs = performance.now();
    const frame = parseFrame(data.toString());
    if (!frame.ok) return;
    const micros = eventMicros(frame.event);
    if (micros <= fromMicros) return;
    hasReached = true;
    if (micros <= toMicros && isOf(frame.event, collection)) accounts.add(frame.event.did);
    if (accounts.size >= WITNESS_ACCOUNTS) end('sends');
  });
  ws.on('error', () => end('unknown'));
  ws.on('close', () => end('unknown'));
  return await outcome.finally(() => clearTimeout(timer));
}

function probeUrl({ host, collection, fromMicros }: ProbeOptions): string {
  const url = new URL(host);
  url.searchParams.set('wantedCollections', collection);
  url.searchParams.set('cursor', String(Math.floor(fromMicros)));
  return url.href;
}

function isOf(event: JetstreamEvent, collection: string): boolean {
  return event.kind === 'commit' && event.collection === collection;
}
