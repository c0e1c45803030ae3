import { join } from 'node:path';
import { freePort } from '../process/ports.ts';
import { type EngineOptions, type RunningEngine, startEngine } from './engine-process.ts';
import { type Front, openFront } from './front.ts';
import { keepLogins, type Logins } from './netrc.ts';
import { engineUsers } from './users.ts';

export interface ClickHouseOptions
  extends Pick<EngineOptions, 'maxMemoryBytes' | 'remoteServers' | 'tcpPort' | 'onLine' | 'onSpawn'> {
  readonly dataDir: string;
  /** Default: a free one. */
  readonly port?: number | undefined;
  /** The file with the passwords, for curl's --netrc-file; default: `netrc` in `dataDir`. */
  readonly netrc?: string;
  /** Instead of those in `netrc`. A restart must not change the passwords, even if the file is gone meanwhile. */
  readonly logins?: Logins;
}

/** The engine, behind a front that checks passwords; `stop` drains the front first. */
export interface ClickHouse extends Pick<RunningEngine, 'pid' | 'exited' | 'answers' | 'kill' | 'stop'> {
  /** `http://127.0.0.1:8123` */
  readonly url: string;
  readonly port: number;
  readonly logins: Logins;
}

/**
 * Starts ClickHouse on `dataDir`, with its HTTP interface on 127.0.0.1 for those who know a password, and waits until it answers.
 * @throws SetupError when it does not start
 */
export async function startClickHouse(options: ClickHouseOptions): Promise<ClickHouse> {
  const { dataDir } = options;
  // not the system's choice: while the server is away an outgoing connection could take that port
  const port = options.port ?? (await freePort());
  const logins = options.logins ?? (await keepLogins(options.netrc ?? join(dataDir, 'netrc')));
  const enginePort = await freePort();
  const front = await openFront({ port, enginePort, logins: [logins.apps, logins.migrations] });
  try {
    const engine = await startEngine({
      ...options,
      folder: dataDir,
      httpPort: enginePort,
      users: engineUsers(logins, { isShard: options.remoteServers !== undefined }),
    });
    return { ...behind(front, engine), url: `http://127.0.0.1:${front.port}`, port: front.port, logins };
  } catch (error) {
    await front.close();
    throw error;
  }
}

/** The engine as one knows it behind its front: they end together. */
function behind(front: Front, engine: RunningEngine): Pick<ClickHouse, 'pid' | 'exited' | 'answers' | 'kill' | 'stop'> {
  const exited = engine.exited.then(async (exit) => {
    await front.close();
    return exit;
  });
  return {
    pid: engine.pid,
    exited,
    answers: engine.answers,
    kill: async (signal) => {
      await engine.kill(signal);
      return await exited;
    },
    stop: async () => {
      front.drain();
      await engine.untilIdle();
      await front.close();
      await engine.stop();
      return await exited;
    },
  };
}
