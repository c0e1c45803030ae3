// Runs redis-server on a folder of this machine.
//
// In:  a folder for the data, and a port or none.
// Out: a server on 127.0.0.1 that answers PING, and the means to end it (`RedisServer`); or a SetupError with what it said last.
// Invariant: the same folder brings back all but the last second of data, even after SIGKILL.
import { access, constants, mkdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { delimiter, join, resolve } from 'node:path';
import { SetupError } from '@updraft/service';
import { type Child, describeExit, startChild, untilReady } from '../process/child.ts';
import { listenTo } from '../process/output-lines.ts';
import { freePort, requireFreePort } from '../process/ports.ts';
import { PROJECT_ROOT } from '../project-root.ts';

/** A redis-server on 127.0.0.1. */
export interface RedisServer extends Pick<Child, 'pid' | 'exited'> {
  /** `127.0.0.1:port`, for `REDIS_ADDRESS`. */
  readonly address: string;
  readonly port: number;
  /** Sends the signal and waits until the process is gone. */
  kill(signal: NodeJS.Signals): Promise<void>;
  /** Lets it write its data and end; SIGKILL after 10 s. */
  stop(): Promise<void>;
}

export interface RedisServerOptions {
  /** Where the append-only file lies; made when missing. The same folder brings the data back. */
  dataDir: string;
  /** A free one when not given. */
  port?: number | undefined;
  /** Where the program is looked for: REDIS_SERVER and PATH. */
  env: NodeJS.ProcessEnv;
  /** In a process group of its own, so that a terminal's Ctrl-C does not reach it. */
  detached?: boolean | undefined;
  /** Gets the process's id as soon as there is one. */
  onSpawn?: ((pid: number) => void) | undefined;
  /** Gets the lines that it prints. */
  onLine?: ((line: string) => void) | undefined;
}

const READY_WITHIN_MS = 30_000;

/**
 * Starts redis-server with its append-only file, flushed each second, and waits until it answers PING. A crash of the machine may take a
 * cursor back by a second. That is safe: of the cursor and its copy in ClickHouse the earlier one counts.
 * @throws PortInUseError when `port` is given and taken; SetupError when redis-server is not found or does not start
 */
export async function startRedis(options: RedisServerOptions): Promise<RedisServer> {
  await mkdir(options.dataDir, { recursive: true });
  const binary = await findRedisServer(options.env);
  if (options.port !== undefined) {
    await requireFreePort(options.port, 'Redis');
    return launch(binary, options.port, options);
  }
  return launchOnFreePort(binary, options);
}

/** Another process may take the free port before we listen on it: then the next one is tried. */
async function launchOnFreePort(binary: string, options: RedisServerOptions): Promise<RedisServer> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await launch(binary, await freePort(), options);
    } catch (error) {
      if (attempt === 3) throw error;
    }
  }
}

/** The redis-server to run: REDIS_SERVER, else the first on PATH, else the one that `npm start` and `npm test` unpack. */
async function findRedisServer(env: NodeJS.ProcessEnv): Promise<string> {
  const onPath = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const candidates = [
    ...(env['REDIS_SERVER'] ? [env['REDIS_SERVER']] : []),
    ...onPath.map((folder) => join(folder, 'redis-server')),
    join(PROJECT_ROOT, '.tools', 'redis', 'bin', 'redis-server'),
  ];
  for (const candidate of candidates) {
    if (await isExecutable(candidate)) return candidate;
  }
  throw new SetupError('No redis-server was found. npm start and npm test fetch one; or set REDIS_ADDRESS=host:port.');
}

function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

async function launch(binary: string, port: number, options: RedisServerOptions): Promise<RedisServer> {
  const child = await startChild(binary, redisArguments(port, options.dataDir), {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: options.detached ?? false,
  });
  options.onSpawn?.(child.pid);
  await requireReady(child, port, listenTo(child, options.onLine ?? (() => {})));
  return {
    address: `127.0.0.1:${port}`,
    port,
    pid: child.pid,
    exited: child.exited,
    kill: async (signal) => void (await child.kill(signal)),
    stop: async () => void (await child.stop()),
  };
}

function redisArguments(port: number, dataDir: string): string[] {
  const settings: Record<string, string> = {
    port: String(port),
    bind: '127.0.0.1',
    'protected-mode': 'yes',
    daemonize: 'no',
    dir: resolve(dataDir),
    appendonly: 'yes',
    appendfsync: 'everysec',
    save: '',
    'aof-use-rdb-preamble': 'yes',
    'set-proc-title': 'no',
  };
  return Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
}

async function requireReady(child: Child, port: number, lastLine: () => string): Promise<void> {
  const state = await untilReady(child, () => answersPing(port), READY_WITHIN_MS);
  if (state === 'ready') return;
  const fault =
    state === 'ended'
      ? `did not start (${describeExit(await child.exited)})`
      : `did not answer on 127.0.0.1:${port} within ${READY_WITHIN_MS / 1000} s`;
  throw new SetupError(`redis-server ${fault}: ${lastLine()}`);
}

/** True when what listens there answers PING with PONG; false while it still loads its data. */
function answersPing(port: number): Promise<boolean> {
  return new Promise((settle) => {
    const socket = connect({ port, host: '127.0.0.1' });
    const finish = (answer: boolean) => {
      socket.destroy();
      settle(answer);
    };
    socket.setTimeout(1_000, () => finish(false));
    socket.once('error', () => finish(false));
    socket.once('close', () => finish(false));
    socket.once('connect', () => socket.write('PING\r\n'));
    socket.once('data', (chunk) => finish(chunk.toString().startsWith('+PONG')));
  });
}
