import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { SetupError } from '@updraft/service';
import { type Child, type ChildExit, describeExit, startChild } from '../child.ts';
import { environment } from '../config.ts';
import { THREAD_POOL_SIZE } from './options.ts';

export interface ClickHouseOptions {
  readonly dataDir: string;
  /** Default 0: a free one. */
  readonly port?: number;
  readonly username?: string;
  readonly password?: string;
  /** Further arguments of main.ts, such as `--max-memory-mb 1024`. */
  readonly args?: readonly string[];
  /** Gets the lines the process writes after its start; by default its stderr goes to ours. */
  readonly onLine?: (line: string) => void;
  /** In a process group of its own, so that a terminal's Ctrl-C does not reach it. */
  readonly detached?: boolean;
  /** Gets the process's id as soon as there is one. */
  readonly onSpawn?: (pid: number) => void;
}

export interface ClickHouse {
  /** `http://127.0.0.1:8123` */
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  readonly exited: Promise<ChildExit>;
  /** Sends the signal and waits until the process is gone. */
  kill(signal: NodeJS.Signals): Promise<ChildExit>;
  /** Lets running queries end, then stops; SIGKILL when that takes too long. */
  stop(): Promise<ChildExit>;
}

const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 14_000;

/**
 * Starts ClickHouse's engine on `dataDir` in a process of its own, behind ClickHouse's HTTP interface on 127.0.0.1, and
 * waits until it answers. Rejects with a SetupError that repeats what the process said when it does not start.
 */
export async function startClickHouse(options: ClickHouseOptions): Promise<ClickHouse> {
  const main = fileURLToPath(new URL('./main.ts', import.meta.url));
  const args = [main, '--data', options.dataDir, '--port', String(options.port ?? 0), ...(options.args ?? [])];
  const child = await startChild(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: options.detached ?? false,
    env: {
      ...environment(),
      UV_THREADPOOL_SIZE: THREAD_POOL_SIZE,
      TZ: 'UTC',
      CLICKHOUSE_USERNAME: options.username ?? '',
      CLICKHOUSE_PASSWORD: options.password ?? '',
    },
  });
  options.onSpawn?.(child.pid);
  const onLine = options.onLine ?? ((line: string) => process.stderr.write(`${line}\n`));
  const port = await portWhenReady(child, onLine);
  const url = `http://127.0.0.1:${port}`;
  await waitForPing(`${url}/ping`);
  return {
    url,
    port,
    pid: child.pid,
    exited: child.exited,
    kill: (signal) => child.kill(signal),
    stop: () => child.stop(STOP_TIMEOUT_MS),
  };
}

/** The port that the process prints once it listens. */
async function portWhenReady(child: Child, onLine: (line: string) => void): Promise<number> {
  const lines: string[] = [];
  const ready = new Promise<number>((resolve) => {
    const read = (line: string) => {
      const port = /listening on http:\/\/.*:(\d+)$/.exec(line)?.[1];
      if (port !== undefined) resolve(Number(port));
      else onLine(line);
      if (lines.length < 20) lines.push(line);
    };
    eachLine(child.process, read);
  });
  const timeout = new Promise<never>((_, reject) => {
    setTimeout(
      () => reject(new SetupError(`ClickHouse did not start within ${START_TIMEOUT_MS} ms`)),
      START_TIMEOUT_MS,
    ).unref();
  });
  const died = child.exited.then((exit) => {
    const said = lines.at(-1)?.replace(/^clickhouse: /, '') ?? '';
    throw new SetupError(`ClickHouse did not start (${describeExit(exit)}): ${said}`);
  });
  died.catch(() => {}); // after the start its end is the caller's to see, by `exited`
  try {
    return await Promise.race([ready, timeout, died]);
  } catch (error) {
    await child.kill('SIGKILL');
    throw error;
  }
}

function eachLine(process: ChildProcess, read: (line: string) => void): void {
  for (const stream of [process.stdout, process.stderr]) {
    if (stream !== null) createInterface({ input: stream }).on('line', read);
  }
}

async function waitForPing(url: string): Promise<void> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(10_000) });
  if ((await answer.text()) !== 'Ok.\n') throw new SetupError(`${url} does not answer as ClickHouse does`);
}
