import type { IncomingMessage } from 'node:http';
import { type RawData, WebSocket } from 'ws';
import type { FrameSink } from './source.ts';

/** Why a connection ended. */
export type EndReason =
  | 'stopped' // by the signal
  | 'backpressure' // by us: the writer is behind, and servers cut readers that pause
  | 'idle' // by us: no event for too long
  | 'too_large' // by us: a frame above maxPayload
  | 'blind' // by us: another host brings what this one leaves out
  | 'refused' // an HTTP answer instead of the upgrade
  | 'unreachable' // no connection at all
  | 'broken' // without a close frame
  | 'closed'; // by the server

export interface Ended {
  readonly reason: EndReason;
  /** For people: the server's own words where it had any. */
  readonly detail: string;
  readonly events: number;
  readonly lastedMs: number;
}

export interface ConnectionOptions {
  readonly url: string;
  readonly sink: FrameSink;
  readonly idleTimeoutMs: number;
  /** How long the socket may be paused before it is closed on purpose. Servers cut at 5 s. */
  readonly maxPauseMs: number;
  /** The handshake is done. */
  onOpen(connection: OpenConnection): void;
}

export interface OpenConnection {
  send(text: string): void;
  /** Aborted at its end. */
  readonly ended: AbortSignal;
}

export const MAX_FRAME_BYTES: number = 32 * 1024 * 1024;
const HANDSHAKE_TIMEOUT_MS = 10_000;
const MAX_REFUSAL_BYTES = 2_048;
/** Not every event resets the watchdog: it looks at the count so many times in its interval. */
const LOOKS_PER_IDLE_TIMEOUT = 4;

/** Reads one WebSocket connection into the sink until it ends, whoever ends it. Never rejects. */
export function readConnection(options: ConnectionOptions, signal: AbortSignal): Promise<Ended> {
  return new Promise((resolve) => {
    const startedAt = performance.now();
    const ending = new AbortController();
    let events = 0;
    let opened = false;
    const ws = new WebSocket(options.url, {
      // Offering deflate together with zstd is refused by servers, and costs a core.
      perMessageDeflate: false,
      maxPayload: MAX_FRAME_BYTES,
      handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
      // A frame with invalid UTF-8 must not end the connection: it would come again after every resume.
      skipUTF8Validation: true,
    });
    const end = (reason: EndReason, detail: string): void => {
      if (ending.signal.aborted) return;
      ending.abort();
      signal.removeEventListener('abort', onStop);
      ws.removeAllListeners();
      ws.on('error', () => {}); // what a socket says after its end
      ws.terminate();
      resolve({ reason, detail, events, lastedMs: performance.now() - startedAt });
    };
    const onStop = (): void => end('stopped', 'stopping');
    signal.addEventListener('abort', onStop);
    if (signal.aborted) return onStop();

    ws.on('open', () => {
      opened = true;
      options.onOpen({ send: (text) => ws.send(text), ended: ending.signal });
      watchForSilence(
        () => events,
        options.idleTimeoutMs,
        ending.signal,
        () => {
          end('idle', `no event for ${options.idleTimeoutMs / 1000} s`);
        },
      );
    });
    ws.on('message', (data: RawData) => {
      events += 1;
      options.sink.frame(textOf(data));
      if (!ws.isPaused && options.sink.isFull()) void holdBack(ws, options, ending.signal, end);
    });
    ws.on('unexpected-response', (_request, response: IncomingMessage) => {
      void readRefusal(response).then((detail) => end('refused', detail));
    });
    ws.on('error', (error: Error & { code?: string }) => end(...errorEnd(error, opened)));
    ws.on('close', (code: number, reason: Buffer) => {
      const words = reason.toString().slice(0, 200);
      end(
        code === 1006 ? 'broken' : 'closed',
        code === 1006 ? 'the connection broke' : `closed with ${code} ${words}`.trim(),
      );
    });
  });
}

/** Text of a message: nodebuffers is the default binary type of ws, fragments only come when asked for. */
function textOf(data: RawData): string {
  if (Buffer.isBuffer(data)) return data.toString();
  return Array.isArray(data) ? Buffer.concat(data).toString() : Buffer.from(data).toString();
}

async function holdBack(
  ws: WebSocket,
  { sink, maxPauseMs }: ConnectionOptions,
  ended: AbortSignal,
  end: (reason: EndReason, detail: string) => void,
): Promise<void> {
  ws.pause();
  const patience = AbortSignal.timeout(maxPauseMs);
  try {
    await sink.hasRoom(AbortSignal.any([patience, ended]));
    ws.resume();
  } catch {
    end('backpressure', `the queue was full for ${maxPauseMs / 1000} s`);
  }
}

/** Calls `onSilence` when the count has stood still for the timeout. */
function watchForSilence(count: () => number, timeoutMs: number, ended: AbortSignal, onSilence: () => void): void {
  let last = count();
  let quietLooks = 0;
  const timer = setInterval(() => {
    quietLooks = count() === last ? quietLooks + 1 : 0;
    last = count();
    if (quietLooks >= LOOKS_PER_IDLE_TIMEOUT) onSilence();
  }, timeoutMs / LOOKS_PER_IDLE_TIMEOUT);
  ended.addEventListener('abort', () => clearInterval(timer));
}

async function readRefusal(response: IncomingMessage): Promise<string> {
  const status = `HTTP ${response.statusCode ?? 0}`;
  const chunks: Buffer[] = [];
  let length = 0;
  const giveUp = setTimeout(() => response.destroy(), HANDSHAKE_TIMEOUT_MS);
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      length += chunk.length;
      if (length >= MAX_REFUSAL_BYTES) break;
    }
  } catch {
    // The status alone says enough.
  }
  clearTimeout(giveUp);
  const body = Buffer.concat(chunks).toString().slice(0, MAX_REFUSAL_BYTES).trim();
  return body === '' ? status : `${status}: ${body}`;
}

function errorEnd(error: Error & { code?: string }, opened: boolean): [EndReason, string] {
  if (error.code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH')
    return ['too_large', `a frame above ${MAX_FRAME_BYTES} bytes`];
  const detail = error.message === '' ? (error.code ?? error.name) : error.message;
  return [opened ? 'broken' : 'unreachable', detail];
}
