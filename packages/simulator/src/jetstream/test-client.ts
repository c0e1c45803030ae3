import { WebSocket } from 'ws';

/** A reader for tests: collects what it is sent. */
export interface TestClient {
  readonly lines: string[];
  /** Resolves with the first `count` lines; rejects when the connection ends before they have come. */
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
  // `opened` and `closed` tell what became of the connection.
  socket.on('error', () => {});
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.on('close', (code, reason) => resolve({ code, reason: String(reason) }));
  });
  const inbox = collectLines(socket);
  await opened(socket);
  return {
    ...inbox,
    closed,
    socket,
    send: (message) => socket.send(typeof message === 'string' ? message : JSON.stringify(message)),
    pause: () => socket.pause(),
    close: () => socket.terminate(),
  };
}

function collectLines(socket: WebSocket): Pick<TestClient, 'lines' | 'received'> {
  const lines: string[] = [];
  let wake = () => {};
  let ended = false;
  socket.on('message', (message: Buffer) => {
    lines.push(message.toString());
    wake();
  });
  socket.on('close', () => {
    ended = true;
    wake();
  });
  return {
    lines,
    async received(count) {
      while (lines.length < count) {
        if (ended) throw new Error(`the connection ended after ${lines.length} of ${count} lines`);
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      return lines.slice(0, count);
    },
  };
}

function opened(socket: WebSocket): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
    socket.once('unexpected-response', (_, response) => {
      let body = '';
      response.on('data', (chunk) => (body += String(chunk)));
      response.on('end', () => reject(new Error(`${response.statusCode} ${body}`)));
    });
  });
}
