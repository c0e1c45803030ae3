import { join } from 'node:path';
import type { ChildExit } from '../process/child.ts';
import { freePort } from '../process/ports.ts';
import type { RemoteCluster } from './engine-config.ts';
import { startEngine } from './engine-process.ts';
import { openFront } from './front.ts';
import { keepLogins, type Logins } from './netrc.ts';
import { engineUsers } from './users.ts';

export interface ClickHouseOptions {
  readonly dataDir: string;
  /** Default 0: a free one. */
  readonly port?: number;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** The file with the passwords, for curl's --netrc-file; default: `netrc` in `dataDir`. */
  readonly netrc?: string;
  /** Instead of those in `netrc`. A restart must not change the passwords, even if the file is gone meanwhile. */
  readonly logins?: Logins;
  readonly maxMemoryBytes?: number;
  /** The cluster of this server, and its own native port in it. */
  readonly remoteServers?: RemoteCluster;
  readonly tcpPort?: number;
  /** Gets the lines the engine writes. */
  readonly onLine?: (line: string) => void;
  /** Gets the process's id as soon as there is one. */
  readonly onSpawn?: (pid: number) => void;
}

export interface ClickHouse {
  /** `http://127.0.0.1:8123` */
  readonly url: string;
  readonly port: number;
  readonly logins: Logins;
  /** The engine's. */
  readonly pid: number;
  readonly exited: Promise<ChildExit>;
  /** Whether the engine answers a query; false when it takes longer than `timeoutMs`. */
  answers(timeoutMs: number): Promise<boolean>;
  /** Sends the signal and waits until the process is gone. */
  kill(signal: NodeJS.Signals): Promise<ChildExit>;
  /** Lets running queries end, then stops the engine; SIGKILL when that takes too long. */
  stop(): Promise<ChildExit>;
}

/**
 * Starts ClickHouse on `dataDir`, with its HTTP interface on 127.0.0.1 for those who know a password, and waits until it answers.
 * @throws SetupError when it does not start
 */
export async function startClickHouse(options: ClickHouseOptions): Promise<ClickHouse> {
  const { dataDir, host = '127.0.0.1', port = 0 } = options;
  const logins = options.logins ?? (await keepLogins(options.netrc ?? join(dataDir, 'netrc')));
  const enginePort = await freePort();
  const front = await openFront({ host, port, enginePort, logins: [logins.apps, logins.migrations] });
  try {
    const engine = await startEngine({
      ...options,
      folder: dataDir,
      httpPort: enginePort,
      users: engineUsers(logins, { isShard: options.remoteServers !== undefined }),
    });
    const exited = engine.exited.then(async (exit) => {
      await front.close();
      return exit;
    });
    return {
      url: `http://${host}:${front.port}`,
      port: front.port,
      logins,
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
  } catch (error) {
    await front.close();
    throw error;
  }
}
