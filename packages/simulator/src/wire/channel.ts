import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';

/**
 * One reader's connection, written to in prebuilt frames. `ws` keeps the handshake, pings, pongs and closing; events go straight to the
 * socket: a server's frames are not masked and can be made in bulk.
 */
export interface Channel {
  /** Aborted when the connection has ended, from either side. */
  readonly closed: AbortSignal;
  /** Resolves when the kernel has taken the bytes, or the connection has ended. A reader slower than `slowReaderMs` is cut. */
  send(frames: Uint8Array): Promise<void>;
  close(code: number, reason: string): void;
  /** Ends without a close frame. */
  drop(): void;
  /** Ends with a TCP reset. */
  reset(): void;
}

export interface ChannelOptions {
  readonly socket: Socket;
  readonly ws: WebSocket;
  /** How long one write may wait for the reader, 5 s on the real server. */
  readonly slowReaderMs: number;
  /** How often the server pings; 0 = never, as on legacy hosts. An unanswered ping ends the connection. */
  readonly pingEveryMs: number;
}

export function createChannel({ socket, ws, slowReaderMs, pingEveryMs }: ChannelOptions): Channel {
  const ended = new AbortController();
  const pinger = pingEveryMs > 0 ? startPinging(ws, pingEveryMs, slowReaderMs) : undefined;
  ws.on('close', () => {
    clearInterval(pinger);
    ended.abort();
  });
  ws.on('error', () => ws.terminate());
  return {
    closed: ended.signal,
    send: (frames) =>
      new Promise((resolve) => {
        if (ended.signal.aborted || ws.readyState !== ws.OPEN) return resolve();
        const settle = () => {
          clearTimeout(timer);
          socket.off('drain', settle);
          ended.signal.removeEventListener('abort', settle);
          resolve();
        };
        const timer = setTimeout(() => ws.terminate(), slowReaderMs);
        ended.signal.addEventListener('abort', settle);
        if (socket.write(frames)) settle();
        else socket.on('drain', settle);
      }),
    close: (code, reason) => ws.close(code, reason),
    drop: () => ws.terminate(),
    reset: () => socket.resetAndDestroy(),
  };
}

function startPinging(ws: WebSocket, pingEveryMs: number, answerWithinMs: number): NodeJS.Timeout {
  const unanswered = new Set<NodeJS.Timeout>();
  const answered = () => {
    for (const timer of unanswered) clearTimeout(timer);
    unanswered.clear();
  };
  ws.on('pong', answered);
  ws.on('close', answered);
  const timer = setInterval(() => {
    if (ws.readyState !== ws.OPEN) return;
    unanswered.add(setTimeout(() => ws.terminate(), answerWithinMs));
    ws.ping();
  }, pingEveryMs);
  timer.unref();
  return timer;
}
