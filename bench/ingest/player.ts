import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { cpuSeconds } from '../../tests/world/process-figures.ts';
import { startProgram } from '../shared/programs.ts';

/** The simulator, with its stream generated in advance. */
export interface Player extends AsyncDisposable {
  readonly url: string;
  /** Of its archive. */
  readonly v2Url: string;
  readonly pid: number;
  readonly firstSeq: number;
  readonly lastSeq: number;
  /** Where the world begins. */
  readonly since: string;
}

const NOW = '2026-11-20T12:00:00Z';

/** `archive`: what it plays is sealed, too. */
export async function startPlayer(
  events: number,
  accounts: number,
  seed: number,
  { archive = false } = {},
): Promise<Player> {
  const options = { events, 'events-per-day': events, accounts, seed, now: NOW };
  const program = startProgram('packages/simulator/src/main.ts', [
    ...Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]),
    ...(archive ? ['--archive'] : []),
  ]);
  const { url, v2Url, firstSeq } = await program.ready<{ url: string; v2Url: string; firstSeq: number }>();
  return {
    url,
    v2Url,
    pid: program.pid,
    firstSeq,
    lastSeq: firstSeq + events - 1,
    since: new Date(Date.parse(NOW) - 25 * 3_600_000).toISOString(),
    [Symbol.asyncDispose]: () => program[Symbol.asyncDispose](),
  };
}

/** CPU-seconds an event that the player needs for a reader that ignores what it reads. */
export async function measurePlayer({ url, pid, firstSeq, lastSeq }: Player): Promise<number> {
  const { hostname, port } = new URL(url);
  const before = cpuSeconds(pid);
  const sentBefore = await sentBy(url);
  const socket = connect(Number(port), hostname);
  socket.write(
    `GET /subscribe?cursor=${firstSeq} HTTP/1.1\r\nHost: ${hostname}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${randomBytes(16).toString('base64')}\r\n\r\n`,
  );
  socket.resume();
  const events = lastSeq - firstSeq + 1;
  while ((await sentBy(url)) - sentBefore < events) await delay(100);
  socket.destroy();
  return (cpuSeconds(pid) - before) / events;
}

async function sentBy(url: string): Promise<number> {
  const response = await fetch(url.replace('ws:', 'http:').replace('/subscribe', '/control'));
  return ((await response.json()) as { sent: number }).sent;
}
