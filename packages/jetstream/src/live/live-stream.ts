/*
 * In: the URL of a subscription, v1 or v2. Out: its frames, many at a time, and at last why it ended.
 * Keeps: frames come in the order of the wire and none is lost before the end; memory is bounded, since a stream whose frames nobody takes
 * is paused and then closed; nothing here throws or rejects.
 */

import { type RawData, WebSocket } from 'ws';
import type { JetstreamError } from '../errors.ts';
import { parseV2Frame } from '../events/v2-frame.ts';
import { createFrameQueue, type FrameQueue } from './frame-queue.ts';
import type { LiveEnd, LiveEndReason } from './live-end.ts';
import { readRefusal } from './refusal.ts';

export interface LiveOptions {
  /** Longer than any pause of the whole network. */
  readonly idleTimeoutMs: number;
  /** How long the socket may be paused before it is closed on purpose. Servers cut at 5 s. */
  readonly maxPauseMs: number;
  /** Characters of frames that wait before the socket is paused. */
  readonly maxQueued?: number;
  readonly maxFrameBytes?: number;
}

export interface LiveStream extends AsyncIterable<readonly string[]> {
  /** True once the handshake is done; false when it ended before. */
  readonly opened: Promise<boolean>;
  /** Frames that had come by then can still be taken. */
  readonly ended: Promise<LiveEnd>;
  /** v1's `options_update`; v2 closes at any message. */
  send(text: string): void;
  close(): void;
}

export const MAX_FRAME_BYTES: number = 32 * 1024 * 1024;
const MAX_QUEUED = 4 * 1024 * 1024;
const HANDSHAKE_TIMEOUT_MS = 10_000;
const ERROR_FRAME = '{"$type":"error"';

/** Opens a subscription, see subscribeUrl(). The signal closes it. */
export function openStream(url: string, options: LiveOptions, signal: AbortSignal): LiveStream {
  const { maxFrameBytes = MAX_FRAME_BYTES } = options;
  const ws = new WebSocket(url, {
    // Offering deflate together with zstd is refused by servers, and costs a core.
    perMessageDeflate: false,
    maxPayload: maxFrameBytes,
    handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
    // A frame with invalid UTF-8 must not end the connection: it would come again after every resume.
    skipUTF8Validation: true,
  });
  const opened = Promise.withResolvers<boolean>();
  const ending = createEnding(ws, signal);
  const flow = createFlow(ws, options, ending);
  void ending.ended.then(() => {
    flow.queue.end();
    opened.resolve(false);
  });
  ws.on('open', () => {
    opened.resolve(true);
    ending.opened();
    watchForSilence(ending, options.idleTimeoutMs);
  });
  ws.on('message', (data) => flow.receive(textOf(data)));
  ws.on('unexpected-response', (_request, response) => {
    void readRefusal(response, HANDSHAKE_TIMEOUT_MS).then((error) => ending.end('refused', error.message, error));
  });
  ws.on('error', (error: Error & { code?: string }) => ending.failed(error, maxFrameBytes));
  ws.on('close', (code, reason) => ending.closed(code, reason));
  const close = (): void => ending.end('stopped', 'closed by us');
  return {
    opened: opened.promise,
    ended: ending.ended,
    send: (text) => ws.send(text),
    close,
    [Symbol.asyncIterator]: () => iterate(flow.queue, close),
  };
}

/** Whoever stops taking frames closes the stream. */
async function* iterate(queue: FrameQueue, close: () => void): AsyncGenerator<readonly string[], void, void> {
  try {
    for (let frames = await queue.take(); frames !== undefined; frames = await queue.take()) yield frames;
  } finally {
    close();
  }
}

/** The one end of a connection, whoever ends it. */
interface Ending {
  readonly ended: Promise<LiveEnd>;
  frames: number;
  isOver(): boolean;
  opened(): void;
  end(reason: LiveEndReason, detail: string, error?: JetstreamError): void;
  failed(error: Error & { code?: string }, maxFrameBytes: number): void;
  closed(code: number, reason: Buffer): void;
}

function createEnding(ws: WebSocket, signal: AbortSignal): Ending {
  const { promise, resolve } = Promise.withResolvers<LiveEnd>();
  const startedAt = performance.now();
  let [isOver, isOpen] = [false, false];
  const onStop = (): void => ending.end('stopped', 'stopping');
  const ending: Ending = {
    ended: promise,
    frames: 0,
    isOver: () => isOver,
    opened: () => {
      isOpen = true;
    },
    end: (reason, detail, error) => {
      if (isOver) return;
      isOver = true;
      signal.removeEventListener('abort', onStop);
      ws.removeAllListeners();
      ws.on('error', () => {}); // what a socket says after its end
      ws.terminate();
      resolve({ reason, detail, error, frames: ending.frames, lastedMs: performance.now() - startedAt });
    },
    failed: ({ code, message, name }, maxFrameBytes) => {
      if (code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH') {
        return ending.end('too_large', `a frame above ${maxFrameBytes} bytes`);
      }
      ending.end(isOpen ? 'broken' : 'unreachable', message === '' ? (code ?? name) : message);
    },
    closed: (code, reason) => {
      if (code === 1006) return ending.end('broken', 'the connection broke');
      ending.end('closed', `closed with ${code} ${reason.toString().slice(0, 200)}`.trim());
    },
  };
  signal.addEventListener('abort', onStop);
  if (signal.aborted) onStop();
  return ending;
}

/** Holds the socket back while nobody takes its frames. */
function createFlow(
  ws: WebSocket,
  options: LiveOptions,
  ending: Ending,
): { queue: FrameQueue; receive(text: string): void } {
  const { maxPauseMs, maxQueued = MAX_QUEUED } = options;
  let patience: NodeJS.Timeout | undefined;
  const queue = createFrameQueue(() => {
    clearTimeout(patience);
    patience = undefined;
    if (!ending.isOver() && ws.isPaused) ws.resume();
  });
  void ending.ended.then(() => clearTimeout(patience));
  const receive = (text: string): void => {
    ending.frames += 1;
    queue.push(text);
    if (text.startsWith(ERROR_FRAME)) {
      const frame = parseV2Frame(text);
      if (frame.kind === 'error') ending.end('error', frame.error.message, frame.error);
    }
    if (queue.length() < maxQueued || ending.isOver() || patience !== undefined) return;
    ws.pause();
    patience = setTimeout(() => {
      ending.end('backpressure', `nobody took the frames for ${maxPauseMs / 1000} s`);
    }, maxPauseMs);
  };
  return { queue, receive };
}

/** Looks at the count a few times in the timeout, so that a frame doesn't have to reset a timer. */
function watchForSilence(ending: Ending, timeoutMs: number): void {
  const looks = 4;
  let [last, quiet] = [ending.frames, 0];
  const timer = setInterval(() => {
    quiet = ending.frames === last ? quiet + 1 : 0;
    last = ending.frames;
    if (quiet >= looks) ending.end('idle', `no frame for ${timeoutMs / 1000} s`);
  }, timeoutMs / looks);
  void ending.ended.then(() => clearInterval(timer));
}

/** nodebuffers is the default binary type of ws; fragments come only when asked for. */
function textOf(data: RawData): string {
  if (Buffer.isBuffer(data)) return data.toString();
  return Array.isArray(data) ? Buffer.concat(data).toString() : Buffer.from(data).toString();
}
