import { WebSocket } from 'ws';

/** A reader for tests: collects what it is sent. */
export interface TestClient {
  readonly lines: string[];
  /** Resolves when so many lines have come; rejects when the connection ends before. */
  received(count: number): Promise<string[]>;
  /** Resolves when the connection has ended; code 1006 when it broke off. */
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  readonly socket: WebSocket;
  send(message: unknown): void;
  pause(): void;
  close(): void;
}

/** Connects; rejects with the status and body of a refusal. */
export async function connectClient(
  url: string,
  query: Record<string, string | readonly string[]> = {},
): Promise<TestClient> {
  const address = new URL(url);
  for (const [name, value] of Object.entries(query))
    for (const item of [value].flat()) address.searchParams.append(name, item);
  const socket = new WebSocket(address, { perMessageDeflate: false });
  const lines: string[] = [];
  let wake = () => {};
  let ended = false;
  socket.on('message', (message: Buffer) => {
    lines.push(message.toString());
    wake();
  });
  socket.on('error', () => {});
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.on('close', (code, reason) => {
      ended = true;
      wake();
      resolve({ code, reason: String(reason) });
    });
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
    socket.once('unexpected-response', (_, response) => {
      let body = '';
      response.on('data', (chunk) => (body += String(chunk)));
      response.on('end', () => reject(new Error(`${response.statusCode} ${body}`)));
    });
  });
  return {
    lines,
    closed,
    socket,
    async received(count) {
      while (lines.length < count) {
        if (ended) throw new Error(`the connection ended after ${lines.length} of ${count} lines`);
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      return lines.slice(0, count);
    },
    send: (message) => socket.send(typeof message === 'string' ? message : JSON.stringify(message)),
    pause: () => socket.pause(),
    close: () => socket.terminate(),
  };
}
