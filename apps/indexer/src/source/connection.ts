import type { IncomingMessage } from 'node:http';
import type { RawData, WebSocket } from 'ws';
import { openSocket } from './socket.ts';
import type { FrameSink } from './source.ts';

/** Why a connection ended. */
export type EndReason =
  | 'stopped' // by the signal
  | 'backpressure' // by us: the writer is behind, and servers cut off readers that pause
  | 'idle' // by us: no event for too long
  | 'too_large' // by us: a frame above maxPayload
  | 'blind' // by us: another host sends what this one leaves out
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
  /** How long the socket may be paused before it is closed on purpose. Servers cut it off at 5 s. */
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
/** The watchdog looks at the count of events this many times in its timeout, so that an event costs it nothing. */
const LOOKS_PER_IDLE_TIMEOUT = 4;

type End = (reason: EndReason, detail: string) => void;

/** Reads one WebSocket connection into the sink until it ends. Never rejects. */
export async function readConnection(options: ConnectionOptions, signal: AbortSignal): Promise<Ended> {
  const { url, sink, onOpen } = options;
  const startedAt = performance.now();
  let events = 0;
  let isOpen = false;
  const limits = { maxPayload: MAX_FRAME_BYTES, handshakeTimeout: HANDSHAKE_TIMEOUT_MS };
  const stopped = { reason: 'stopped' as EndReason, detail: 'stopping' };
  const { ws, ended, outcome, ...socket } = openSocket(url, limits, stopped, signal);
  const end: End = (reason, detail) => socket.end({ reason, detail });
  ws.on('open', () => {
    isOpen = true;
    onOpen({ send: (text) => ws.send(text), ended });
    watchForSilence(() => events, options, ended, end);
  });
  ws.on('message', (data: RawData) => {
    events += 1;
    sink.frame(textOf(data));
    if (!ws.isPaused && sink.isFull()) void holdBack(ws, options, ended, end);
  });
  ws.on('unexpected-response', (_request, response: IncomingMessage) => {
    void readRefusal(response).then((detail) => end('refused', detail));
  });
  ws.on('error', (error: Error & { code?: string }) => end(...errorEnd(error, isOpen)));
  ws.on('close', (code: number, reason: Buffer) => end(...closeEnd(code, reason)));
  const { reason, detail } = await outcome;
  return { reason, detail, events, lastedMs: performance.now() - startedAt };
}

/** The text of a message. ws gives a Buffer unless it is asked for fragments. */
function textOf(data: RawData): string {
  if (Buffer.isBuffer(data)) return data.toString();
  return Array.isArray(data) ? Buffer.concat(data).toString() : Buffer.from(data).toString();
}

async function holdBack(
  ws: WebSocket,
  { sink, maxPauseMs }: ConnectionOptions,
  ended: AbortSignal,
  end: End,
): Promise<void> {
  ws.pause();
  try {
    await sink.waitForRoom(AbortSignal.any([AbortSignal.timeout(maxPauseMs), ended]));
    ws.resume();
  } catch {
    // Either of the two signals: after its end the connection has no other.
    end('backpressure', `the queue was full for ${maxPauseMs / 1000} s`);
  }
}

/** Ends the connection when the count has not moved for the timeout. */
function watchForSilence(
  count: () => number,
  { idleTimeoutMs }: ConnectionOptions,
  ended: AbortSignal,
  end: End,
): void {
  let last = count();
  let quietLooks = 0;
  const timer = setInterval(() => {
    quietLooks = count() === last ? quietLooks + 1 : 0;
    last = count();
    if (quietLooks >= LOOKS_PER_IDLE_TIMEOUT) end('idle', `no event for ${idleTimeoutMs / 1000} s`);
  }, idleTimeoutMs / LOOKS_PER_IDLE_TIMEOUT);
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

function errorEnd(error: Error & { code?: string }, isOpen: boolean): [EndReason, string] {
  if (error.code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH')
    return ['too_large', `a frame above ${MAX_FRAME_BYTES} bytes`];
  const detail = error.message === '' ? (error.code ?? error.name) : error.message;
  return [isOpen ? 'broken' : 'unreachable', detail];
}

function closeEnd(code: number, reason: Buffer): [EndReason, string] {
  if (code === NO_CLOSE_FRAME) return ['broken', 'the connection broke'];
  return ['closed', `closed with ${code} ${reason.toString().slice(0, 200)}`.trim()];
}

/** What ws gives as the code of a connection that ended without a close frame. */
const NO_CLOSE_FRAME = 1006;
