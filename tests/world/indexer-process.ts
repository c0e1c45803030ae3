import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { JetstreamServer } from '@updraft/simulator';
import { mainOf } from '../indexer/crash-points.ts';
import { PROGRAM_ENV } from '../indexer/program.ts';
import { noteFault, tellOutputOf } from '../until.ts';
import type { Databases } from './databases.ts';

/** The indexer in a process of its own, as in production. */
export interface IndexerProcess {
  readonly pid: number;
  readonly running: boolean;
  /** Resolves when the process is gone. */
  readonly exited: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  /** SIGKILL; resolves when the process is gone. */
  kill(): Promise<void>;
  /** SIGTERM; it writes what it has, saves its cursor and ends. Throws when it doesn't end cleanly. */
  stop(): Promise<void>;
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const STOP_WITHIN_MS = 30_000;

/** What an indexer needs to read these hosts into these databases, from that time on. */
export function indexerVariables(
  { clickhouse, redis }: Pick<Databases, 'clickhouse' | 'redis'>,
  hosts: readonly JetstreamServer[],
  redisPrefix: string,
  sinceMs: number,
): Record<string, string> {
  return {
    WS_URL: hosts.map(({ url }) => url).join(','),
    ...clickhouse.env,
    REDIS_ADDRESS: redis.address,
    REDIS_PREFIX: redisPrefix,
    METRICS_LISTEN_ADDRESS: '127.0.0.1:0',
    ASK_ACCOUNT_SERVERS: 'false',
    LABELERS: 'none',
    SINCE: new Date(sinceMs).toISOString(),
  };
}

/** Starts the indexer with these variables, this checkout's or another `main`; what it prints is appended to `logFile`. */
export function startIndexer(
  variables: Readonly<Record<string, string>>,
  logFile: string,
  main: string = join(ROOT, mainOf('indexer', variables)),
): IndexerProcess {
  const child: ChildProcess = spawn(process.execPath, [main], {
    env: { ...PROGRAM_ENV, NODE_ENV: 'test', NODE_OPTIONS: '--max-semi-space-size=8', ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const endLog = writeLog(child, logFile);
  let isMeant = false;
  const exited = once(child, 'exit').then(([code, signal]) => {
    endLog();
    if (!isMeant && code !== null && code !== 0) noteFault(new Error(`the indexer ended with ${code}; see ${logFile}`));
    return { code: code as number | null, signal: signal as NodeJS.Signals | null };
  });
  // From its first line on it knows what SIGTERM means; before, Node itself would end at once.
  const speaks = Promise.race([once(child.stdout as Readable, 'data'), exited]);
  return {
    pid: child.pid ?? 0,
    get running() {
      return child.exitCode === null && child.signalCode === null;
    },
    exited,
    async kill() {
      isMeant = true;
      child.kill('SIGKILL');
      await exited;
    },
    async stop() {
      await speaks;
      isMeant = true;
      child.kill('SIGTERM');
      const impatience = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
      const { code, signal } = await exited;
      clearTimeout(impatience);
      if (code !== 0)
        throw new Error(`the indexer did not stop cleanly: code ${code}, signal ${signal}; see ${logFile}`);
    },
  };
}

/** Gives what ends the log. */
function writeLog({ stdout, stderr }: ChildProcess, logFile: string): () => void {
  const log = createWriteStream(logFile, { flags: 'a' });
  stdout?.pipe(log, { end: false });
  stderr?.pipe(log, { end: false });
  tellOutputOf(logFile, () => readFileSync(logFile, 'utf8'));
  return () => void log.end();
}
