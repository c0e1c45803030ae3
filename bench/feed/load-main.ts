import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { parseArgs } from 'node:util';
import { quantile, round } from '../shared/figures.ts';

// A load generator: as many requests as the connections allow, or `--rate` a second. Prints {requests, seconds, bad, p50Ms, p99Ms}.
const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    path: { type: 'string', default: '/' },
    seconds: { type: 'string', default: '5' },
    connections: { type: 'string', default: '32' },
    /** Requests a second; 0: as many as possible. */
    rate: { type: 'string', default: '0' },
    /** A file with a token a line; each is sent once. */
    tokens: { type: 'string' },
  },
});
const rate = Number(values.rate);
const tokens = values.tokens === undefined ? undefined : (await readFile(values.tokens, 'latin1')).trim().split('\n');
let nextToken = 0;

const head = `GET ${values.path} HTTP/1.1\r\nhost: 127.0.0.1\r\naccept-language: en\r\nuser-agent: BskyAppView\r\n`;
function request(): string | undefined {
  if (tokens === undefined) return `${head}\r\n`;
  const token = tokens[nextToken++];
  return token === undefined ? undefined : `${head}authorization: Bearer ${token}\r\n\r\n`;
}

const latencies: number[] = [];
let bad = 0;
const deadline = performance.now() + Number(values.seconds) * 1_000;
const idle: ((sentAt: number) => void)[] = [];
/** Whether requests are still sent at even times: then a free connection waits for its turn, afterwards it ends. */
let isPaced = rate > 0;
const startedAt = performance.now();
const connections = Array.from({ length: Number(values.connections) }, () => converse());
if (rate > 0) await pace();
await Promise.all(connections);
const seconds = (performance.now() - startedAt) / 1_000;
const [p50Ms, p99Ms] = [0.5, 0.99].map((q) => round(quantile(latencies, q), 2));
process.stdout.write(`${JSON.stringify({ requests: latencies.length, seconds, bad, p50Ms, p99Ms })}\n`);

/** One connection sends a request at a time, until time or tokens run out. */
function converse(): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const socket = connect({ port: Number(values.port), host: '127.0.0.1', noDelay: true });
  let sentAt = 0;
  let waiting = 0;
  let received = '';
  const send = (at: number) => {
    const text = performance.now() < deadline ? request() : undefined;
    if (text === undefined) {
      socket.end();
      resolve();
      return;
    }
    sentAt = at;
    received = '';
    waiting = -1;
    socket.write(text, 'latin1');
  };
  socket.setEncoding('latin1');
  socket.on('connect', () => (isPaced ? idle.push(send) : send(performance.now())));
  socket.on('error', reject);
  socket.on('data', (chunk: string) => {
    received += chunk;
    if (waiting < 0) waiting = replyLength(received);
    if (waiting < 0 || received.length < waiting) return;
    latencies.push(performance.now() - sentAt);
    if (!received.startsWith('HTTP/1.1 200')) bad += 1;
    if (isPaced) idle.push(send);
    else send(performance.now());
  });
  return promise;
}

/** Length of the whole reply; -1 before its head is complete. */
function replyLength(text: string): number {
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return -1;
  return end + 4 + Number(/content-length: (\d+)/i.exec(text)?.[1] ?? 0);
}

/** Sends at even times, whether or not replies come. A request without a free connection counts from the time at which it was due. */
async function pace(): Promise<void> {
  const isOver = () => performance.now() >= deadline;
  for (let n = 0; !isOver(); n++) {
    const at = startedAt + (n * 1_000) / rate;
    while (!isOver() && (performance.now() < at || idle.length === 0))
      await new Promise((resolve) => setImmediate(resolve));
    idle.shift()?.(at);
  }
  isPaced = false;
  for (const send of idle.splice(0)) send(performance.now());
}
