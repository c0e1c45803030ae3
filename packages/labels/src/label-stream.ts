import type { SocketGuard } from '@updraft/identity';
import { type RawData, WebSocket } from 'ws';
import { createInbox, type TakeLimits } from './inbox.ts';

/** Why a connection ended, and in words. */
export interface StreamEnd {
  readonly reason: 'stopped' | 'silent' | 'too_large' | 'refused' | 'unreachable' | 'broken' | 'closed';
  readonly detail: string;
}

/** A labeler's frames as they come, in bounded memory: while nobody takes them, the socket is paused. */
export interface LabelStream {
  /** Resolves with true once the handshake is done; with false when it ended before. */
  readonly opened: Promise<boolean>;
  /** Frames that had come by then can still be taken. */
  readonly ended: Promise<StreamEnd>;
  /**
   * The next frames, at most `maxFrames`: as soon as there are so many, or `gatherMs` after the first. None when none came for `quietMs`;
   * undefined after the last.
   */
  take(limits: TakeLimits): Promise<Uint8Array[] | undefined>;
  close(): void;
}

const MAX_FRAME_BYTES = 1024 * 1024;
const HANDSHAKE_TIMEOUT_MS = 10_000;
/** Labelers may have nothing to say for days: a ping tells whether one is still there. */
const PING_EVERY_MS = 20_000;

/** Connects. The signal closes it. Nothing throws or rejects. */
export function openLabelStream({ url, options }: SocketGuard, signal: AbortSignal): LabelStream {
  const ws = new WebSocket(url, {
    ...options,
    perMessageDeflate: false,
    followRedirects: false,
    maxPayload: MAX_FRAME_BYTES,
    handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
  });
  const inbox = createInbox({ pause: () => ws.pause(), resume: () => ws.resume() });
  const opened = Promise.withResolvers<boolean>();
  const { ended, end } = createEnd(ws, signal);
  ws.on('open', () => {
    opened.resolve(true);
    watch(ws, ended, () => end({ reason: 'silent', detail: 'no answer to a ping' }));
  });
  ws.on('message', (data) => inbox.put(bytesOf(data)));
  void ended.then(() => {
    opened.resolve(false);
    inbox.close();
  });
  const close = (): void => end({ reason: 'stopped', detail: 'closed by us' });
  return { opened: opened.promise, ended, take: inbox.take, close };
}

function createEnd(ws: WebSocket, signal: AbortSignal): { ended: Promise<StreamEnd>; end(how: StreamEnd): void } {
  const { promise: ended, resolve } = Promise.withResolvers<StreamEnd>();
  let isOpen = false;
  const onStop = (): void => end({ reason: 'stopped', detail: 'stopping' });
  const end = (how: StreamEnd): void => {
    signal.removeEventListener('abort', onStop);
    ws.removeAllListeners();
    ws.on('error', () => {}); // what a socket says after its end
    ws.terminate();
    resolve(how);
  };
  ws.on('open', () => {
    isOpen = true;
  });
  ws.on('unexpected-response', (_request, response) => {
    response.destroy();
    end({ reason: 'refused', detail: `HTTP ${response.statusCode}` });
  });
  ws.on('error', ({ code, message, name }: Error & { code?: string }) => {
    const isTooLarge = code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH';
    const reason = isTooLarge ? 'too_large' : isOpen ? 'broken' : 'unreachable';
    end({ reason, detail: isTooLarge ? `a frame above ${MAX_FRAME_BYTES} bytes` : message || code || name });
  });
  ws.on('close', (code, reason) => {
    if (code === 1006) end({ reason: 'broken', detail: 'the connection broke' });
    else end({ reason: 'closed', detail: `closed with ${code} ${reason.toString().slice(0, 200)}`.trim() });
  });
  signal.addEventListener('abort', onStop);
  if (signal.aborted) onStop();
  return { ended, end };
}

/** Calls `onSilent` when neither a frame nor an answer to a ping came between two looks. A paused socket hears nothing, and is not asked. */
function watch(ws: WebSocket, ended: Promise<unknown>, onSilent: () => void): void {
  let heard = true;
  const hear = (): void => {
    heard = true;
  };
  for (const event of ['message', 'pong', 'ping'] as const) ws.on(event, hear);
  const timer = setInterval(() => {
    if (!heard && !ws.isPaused) return onSilent();
    heard = ws.isPaused;
    ws.ping();
  }, PING_EVERY_MS);
  void ended.then(() => clearInterval(timer));
}

/** nodebuffers is the default binary type of ws; fragments come only when asked for. */
function bytesOf(data: RawData): Uint8Array {
  if (Buffer.isBuffer(data)) return data;
  return Array.isArray(data) ? Buffer.concat(data) : new Uint8Array(data);
}
