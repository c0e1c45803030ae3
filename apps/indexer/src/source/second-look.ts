import { type JetstreamEvent, parseFrame } from '@updraft/atproto';
import { WebSocket } from 'ws';
import { eventMicros } from '../cursor/tail.ts';

/** What another host says of a collection. */
export type SecondLook =
  | 'brings' // it has had records of several accounts within the stretch
  | 'brings none' // it has come as far as the stretch, or had no more to send, and had none
  | 'unknown'; // it could not be asked, or did not come so far: after a time cursor some replay hours

export interface SecondLookOptions {
  readonly host: string;
  readonly collection: string;
  /** The stretch in which the first host brought none, in microseconds on the senders' clocks. */
  readonly fromMicros: number;
  readonly toMicros: number;
  readonly timeoutMs: number;
}

/** One account's wrong clock proves nothing. */
export const WITNESSES = 5;
const MAX_LOOK_BYTES = 4 * 1024 * 1024;

/**
 * Asks a host for one collection only, from the begin of the stretch on, for a bounded time. Never rejects; `unknown` when it can't be asked
 * or the signal aborts.
 */
export function lookAtHost(options: SecondLookOptions, signal: AbortSignal): Promise<SecondLook> {
  const { host, collection, fromMicros, toMicros, timeoutMs } = options;
  const url = new URL(host);
  url.searchParams.set('wantedCollections', collection);
  url.searchParams.set('cursor', String(Math.floor(fromMicros)));
  return new Promise((resolve) => {
    const accounts = new Set<string>();
    let opened = false;
    let reached = false;
    let lastFrameMs = performance.now();
    const ws = new WebSocket(url, {
      perMessageDeflate: false,
      maxPayload: MAX_LOOK_BYTES,
      handshakeTimeout: timeoutMs,
      skipUTF8Validation: true,
    });
    const end = (answer: SecondLook): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onStop);
      ws.removeAllListeners();
      ws.on('error', () => {}); // what a socket says after its end
      ws.terminate();
      resolve(answer);
    };
    const onStop = (): void => end('unknown');
    const timer = setTimeout(() => {
      const isSilent = performance.now() - lastFrameMs > timeoutMs / 2;
      end(opened && (reached || isSilent) ? 'brings none' : 'unknown');
    }, timeoutMs);
    signal.addEventListener('abort', onStop);
    if (signal.aborted) return onStop();

    ws.on('open', () => {
      opened = true;
    });
    ws.on('message', (data: Buffer) => {
      lastFrameMs = performance.now();
      const frame = parseFrame(data.toString());
      if (!frame.ok) return;
      const micros = eventMicros(frame.event);
      if (micros <= fromMicros) return;
      reached = true;
      if (micros <= toMicros && isOf(frame.event, collection)) accounts.add(frame.event.did);
      if (accounts.size >= WITNESSES) end('brings');
    });
    ws.on('error', () => end('unknown'));
    ws.on('close', () => end('unknown'));
  });
}

function isOf(event: JetstreamEvent, collection: string): boolean {
  return event.kind === 'commit' && event.collection === collection;
}
