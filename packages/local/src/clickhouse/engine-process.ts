// Runs ClickHouse's own server, which the library of npm's `chdb` holds, on a folder of this machine.
//
// In:  a folder, ports, users, and for a shard its cluster (`EngineOptions`). Data of an earlier run, of this version or an older one, is
//      used as it is.
// Out: a ClickHouse server on 127.0.0.1 that answers, and the means to end it (`RunningEngine`); or a SetupError with one line.
// Invariant: over HTTP no query runs without the name and password of one of `users`. The native port, opened for shards only, also lets
//      in `default`, which has no password and may read: see `engine-config.ts`.
import { chmod, mkdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SetupError, sleep } from '@updraft/service';
import { type Child, type ChildExit, describeExit, startChild, untilReady } from '../process/child.ts';
import { listenTo } from '../process/output-lines.ts';
import { freePort } from '../process/ports.ts';
import { type EngineSettings, type EngineUser, forgetEngineConfig, writeEngineConfig } from './engine-config.ts';
import { noteVersion, refuseNewer } from './folder-version.ts';
import { COUNT_RUNNING_SQL, END_SQL } from './keep-alive.ts';
import { findEngineLibrary } from './library.ts';

export interface EngineOptions extends Partial<Omit<EngineSettings, 'folder' | 'users'>> {
  readonly folder: string;
  readonly users: readonly [EngineUser, ...EngineUser[]];
  /** Gets the lines that the engine writes. */
  readonly onLine?: ((line: string) => void) | undefined;
  /** Gets the process's id as soon as there is one. */
  readonly onSpawn?: ((pid: number) => void) | undefined;
}

export interface RunningEngine extends Pick<Child, 'pid' | 'exited' | 'kill'> {
  /** `http://127.0.0.1:PORT`, ClickHouse's own HTTP interface. A connection that closes within its first request's head ends the engine. */
  readonly httpUrl: string;
  /** Whether it answers a query within `timeoutMs`. */
  answers(timeoutMs: number): Promise<boolean>;
  /** Resolves when no query runs any more, after some seconds at the latest. */
  untilIdle(): Promise<void>;
  /** Lets queries end, then ends the engine; SIGKILL when that takes too long. Connections that clients keep open cost 5 s and the exit code 0. */
  stop(): Promise<ChildExit>;
}

const DEFAULT_MAX_MEMORY_BYTES = 3 * 1024 ** 3;
const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 14_000;
/** How long queries may go on after a stop. */
const GRACE_MS = 8_000;
const LOOK_AGAIN_MS = 20;

/** Starts the engine in a process and a process group of its own, and waits until it answers a query. */
export async function startEngine(options: EngineOptions): Promise<RunningEngine> {
  const library = findEngineLibrary();
  const folder = resolve(options.folder);
  const httpPort = options.httpPort ?? (await freePort());
  const maxMemoryBytes = options.maxMemoryBytes ?? DEFAULT_MAX_MEMORY_BYTES;
  const config = await prepareFolder({ ...options, folder, httpPort, maxMemoryBytes }, library.version);
  const protocols = options.tcpPort === undefined ? 'HTTP' : 'HTTP,TCP';
  const child = await launch(folder, [library.path, folder, config, protocols]);
  options.onSpawn?.(child.pid);
  const httpUrl = `http://127.0.0.1:${httpPort}`;
  const ask = (sql: string, timeoutMs: number) => query(httpUrl, options.users[0], sql, timeoutMs);
  let isStopping = false; // then it reports that its own query was killed, which nobody needs
  const onLine = (line: string) => {
    if (!isStopping) options.onLine?.(line);
  };
  await requireAnswer(child, folder, ask, listenTo(child, onLine));
  await forgetEngineConfig(folder);
  await noteVersion(folder, library.version);
  return {
    httpUrl,
    pid: child.pid,
    exited: child.exited,
    kill: child.kill,
    answers: (timeoutMs) =>
      post(httpUrl, options.users[0], 'SELECT 1', timeoutMs).then(
        () => true, // a refusal is an answer too
        () => false,
      ),
    untilIdle: () => untilIdle(ask).catch(() => undefined), // an engine that is gone is idle
    stop: async () => {
      isStopping = true;
      const late = setTimeout(() => void child.kill('SIGKILL'), STOP_TIMEOUT_MS);
      await untilIdle(ask)
        .then(() => ask(END_SQL, STOP_TIMEOUT_MS))
        .catch(() => child.kill('SIGTERM')); // it answers no query
      return await child.exited.finally(() => clearTimeout(late));
    },
  };
}

function launch(folder: string, args: readonly string[]): Promise<Child> {
  const main = fileURLToPath(new URL('./engine-main.ts', import.meta.url));
  const flags = ['--experimental-ffi', '--disable-warning=ExperimentalWarning'];
  return startChild(process.execPath, [...flags, main, ...args], {
    cwd: folder,
    env: { TZ: 'UTC' }, // a query can read it
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true, // SYSTEM SHUTDOWN ends the whole process group
  });
}

/** Gives the path of the configuration. */
async function prepareFolder(settings: EngineSettings, version: string): Promise<string> {
  const { folder } = settings;
  try {
    await mkdir(folder, { recursive: true });
    await chmod(folder, 0o700); // else other users could read the data
    await refuseNewer(folder, version);
    return await writeEngineConfig(settings);
  } catch (cause) {
    if (cause instanceof SetupError) throw cause;
    throw new SetupError(`The data folder ${folder} can't be used: ${(cause as Error).message}`, { cause });
  }
}

async function query(...call: Parameters<typeof post>): Promise<string> {
  const { ok, text } = await post(...call);
  if (!ok) throw new Error(text);
  return text;
}

async function post(url: string, user: EngineUser, sql: string, timeoutMs: number) {
  const answer = await fetch(url, {
    method: 'POST',
    body: sql,
    headers: { 'X-ClickHouse-User': user.name, 'X-ClickHouse-Key': user.password, Connection: 'close' },
    signal: AbortSignal.timeout(timeoutMs),
  });
  return { ok: answer.ok, text: await answer.text() };
}

type Ask = (sql: string, timeoutMs: number) => Promise<string>;

async function untilIdle(ask: Ask): Promise<void> {
  for (const deadline = Date.now() + GRACE_MS; Date.now() < deadline; await sleep(LOOK_AGAIN_MS)) {
    if ((await ask(COUNT_RUNNING_SQL, GRACE_MS)) === '0\n') return;
  }
}

async function requireAnswer(child: Child, folder: string, ask: Ask, lastLine: () => string): Promise<void> {
  const answers = () => ask('SELECT 1', 5_000).catch(() => ''); // it is not there yet
  const state = await untilReady(child, async () => (await answers()) === '1\n', START_TIMEOUT_MS);
  if (state === 'ended') throw await startFault(folder, await child.exited, lastLine());
  if (state === 'late') throw new SetupError(`ClickHouse did not start within ${START_TIMEOUT_MS / 1000} s.`);
}

async function startFault(folder: string, exit: ChildExit, said: string): Promise<SetupError> {
  const holder = await holderOf(folder);
  if (holder !== undefined)
    return new SetupError(`The data folder ${folder} is in use by process ${holder}. Stop it first.`);
  return new SetupError(`ClickHouse did not start (${describeExit(exit)}): ${said}`);
}

/** The process that has the folder open, if one runs. The engine keeps its id in the file `status`. */
async function holderOf(folder: string): Promise<number | undefined> {
  const status = await readFile(join(folder, 'status'), 'utf8').catch(() => ''); // no engine was ever here
  const pid = Number(/^PID: (\d+)/m.exec(status)?.[1]);
  return Number.isInteger(pid) && isRunning(pid) ? pid : undefined;
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
