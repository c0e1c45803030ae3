import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, type RunningEngine, startEngine } from '@updraft/local';
import type { ClickHouseOptions } from '@updraft/store';

/** Servers of ClickHouse on this machine that are one cluster; one of them is no cluster. */
export interface Engines extends AsyncDisposable {
  readonly connection: ClickHouseOptions;
  readonly urls: readonly string[];
  readonly user: typeof USER;
  /** SIGKILL; resolves when the process is gone. */
  kill(shard: number): Promise<void>;
  /** On the same ports and data as before. */
  revive(shard: number): Promise<void>;
  /** Starts again whatever ended by itself, and tells how often that happened. */
  aborts(): number;
}

const USER = { name: 'updraft', password: 'of-a-test', grants: ['GRANT ALL ON *.*'] };
const CLUSTER = 'updraft';
/** Of what a server wrote before it ended by itself. */
const MAX_LINES = 50;

export async function startEngines(count: number, { database = 'atproto', folder = '' } = {}): Promise<Engines> {
  const directory = folder === '' ? await mkdtemp(join(tmpdir(), 'updraft-cluster-')) : folder;
  const shards = await Promise.all(
    Array.from({ length: count }, async () => ({ httpPort: await freePort(), tcpPort: await freePort() })),
  );
  const remoteServers = {
    name: CLUSTER,
    secret: randomBytes(16).toString('hex'),
    tcpPorts: shards.map(({ tcpPort }) => tcpPort),
  };
  const running: RunningEngine[] = [];
  let aborts = 0;
  let isClosing = false;
  const start = async (shard: number): Promise<void> => {
    const { httpPort, tcpPort } = shards[shard] ?? { httpPort: 0, tcpPort: 0 };
    const lines: string[] = [];
    const engine = await startEngine({
      folder: join(directory, `shard-${shard}`),
      httpPort,
      users: [USER],
      maxMemoryBytes: 2 * 1024 ** 3,
      onLine: (line) => void lines.splice(0, Math.max(0, lines.push(line) - MAX_LINES)),
      ...(count > 1 && { tcpPort, remoteServers }),
    });
    running[shard] = engine;
    void engine.exited.then(({ code, signal }) => {
      if (isClosing || running[shard] !== engine || signal === 'SIGKILL') return;
      aborts += 1;
      console.error(`shard ${shard} ended by itself (${signal ?? code}), and is started again:\n${lines.join('\n')}`);
      void start(shard);
    });
  };
  await Promise.all(shards.map((_, shard) => start(shard)));
  const urls = shards.map(({ httpPort }) => `http://127.0.0.1:${httpPort}`);
  return {
    connection: {
      address: urls[0] ?? '',
      username: USER.name,
      password: USER.password,
      database,
      ...(count > 1 && { cluster: { name: CLUSTER, servers: urls, isReplicated: false } }),
    },
    urls,
    user: USER,
    kill: async (shard) => void (await running[shard]?.kill('SIGKILL')),
    revive: start,
    aborts: () => aborts,
    [Symbol.asyncDispose]: async () => {
      isClosing = true;
      await Promise.all(running.map((engine) => engine.kill('SIGKILL')));
      if (folder === '') await rm(directory, { recursive: true, force: true });
    },
  };
}

/** CLICKHOUSE_ADDRESS and the rest, for a service. */
export function environmentOf(connection: ClickHouseOptions): Record<string, string> {
  const { address, username, password, database, cluster } = connection;
  return {
    CLICKHOUSE_ADDRESS: address,
    CLICKHOUSE_USERNAME: username,
    CLICKHOUSE_PASSWORD: password,
    CLICKHOUSE_DATABASE: database,
    ...(cluster !== undefined && { CLICKHOUSE_CLUSTER: cluster.name, CLICKHOUSE_SHARDS: cluster.servers.join(',') }),
  };
}
