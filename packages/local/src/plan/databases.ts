import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Logins } from '../clickhouse/netrc.ts';
import { type ClickHouseOptions, startClickHouse } from '../clickhouse/start.ts';
import { startRedis } from '../redis/redis-server.ts';
import { createLineCutter } from '../supervision/lines.ts';
import type { ProgramOutput } from '../supervision/node-program.ts';
import type { LastWords, Part } from '../supervision/part.ts';
import { loopback, type Ports } from './addresses.ts';

/** Where ClickHouse and Redis are, and those of them that `npm start` has to run. */
export interface DatabasePlan {
  /** For `CLICKHOUSE_ADDRESS`. */
  readonly clickhouseAddress: string;
  readonly clickhouseUrl: string;
  /** The servers that are one cluster, where there are several. */
  readonly cluster: LocalCluster | undefined;
  /** For `REDIS_ADDRESS`. */
  readonly redisAddress: string;
  readonly parts: readonly Part[];
  /** Ports of the parts, by what they are for. */
  readonly ports: Readonly<Record<string, number>>;
}

interface Surroundings {
  readonly env: NodeJS.ProcessEnv;
  /** Where their data lies. */
  readonly folder: string;
  /** Who may ask the ClickHouse that is started here. */
  readonly logins: Logins;
  /** Servers of ClickHouse. */
  readonly shards: number;
  readonly ports: Ports;
  readonly output: ProgramOutput;
}

/** One whose address is set in the environment is used; the other is started here. A server that happens to listen is not ours. */
export function planDatabases({ env, folder, logins, shards, ports, output }: Surroundings): DatabasePlan {
  const clickhouseGiven = env['CLICKHOUSE_ADDRESS'] || undefined;
  const redisGiven = env['REDIS_ADDRESS'] || undefined;
  const clickhouseAddress = clickhouseGiven ?? loopback(ports.clickhouse);
  const cluster = clickhouseGiven === undefined && shards > 1 ? clusterOf(shards, ports) : undefined;
  const servers = cluster === undefined ? [oneServer(folder, ports)] : shardsOf(cluster, folder);
  return {
    cluster,
    clickhouseAddress,
    clickhouseUrl: clickhouseAddress.includes('://') ? clickhouseAddress : `http://${clickhouseAddress}`,
    redisAddress: redisGiven ?? loopback(ports.redis),
    parts: [
      ...(clickhouseGiven === undefined
        ? servers.map(({ name, options }) => clickhousePart(name, { ...options, logins }, output))
        : []),
      ...(redisGiven === undefined ? [redisPart(join(folder, redisFolder(cluster)), ports.redis, output)] : []),
    ],
    ports: {
      ...(clickhouseGiven === undefined && Object.fromEntries(servers.flatMap(portsOf))),
      ...(redisGiven === undefined && { Redis: ports.redis }),
    },
  };
}

/** A cluster has data of its own, and so has what is kept of it: builds, reports, cursors. */
function redisFolder(cluster: LocalCluster | undefined): string {
  return cluster === undefined ? 'redis' : `redis-of-${cluster.httpPorts.length}`;
}

/** Servers of ClickHouse on this machine that are one cluster. */
export interface LocalCluster {
  readonly name: string;
  readonly httpPorts: readonly number[];
  readonly tcpPorts: readonly number[];
}

/** A server of ClickHouse that is started here. */
interface LocalServer {
  readonly name: string;
  readonly options: ClickHouseOptions & { readonly port: number };
}

function oneServer(folder: string, ports: Ports): LocalServer {
  return { name: 'clickhouse', options: { dataDir: join(folder, 'clickhouse'), port: ports.clickhouse } };
}

function clusterOf(shards: number, ports: Ports): LocalCluster {
  const portsFrom = (first: number) => Array.from({ length: shards }, (_, shard) => first + shard);
  return { name: 'updraft', httpPorts: portsFrom(ports.clickhouse), tcpPorts: portsFrom(ports.clickhouseNative) };
}

/** What was stored by another number of servers stays where it is: each row has its place by their number. */
function shardsOf({ name, httpPorts, tcpPorts }: LocalCluster, folder: string): LocalServer[] {
  const remoteServers = { name, secret: randomBytes(24).toString('hex'), tcpPorts };
  return httpPorts.map((port, shard) => ({
    name: `clickhouse-${shard + 1}`,
    options: {
      dataDir: join(folder, `clickhouse-${shard + 1}-of-${httpPorts.length}`),
      port,
      maxMemoryBytes: SHARD_MEMORY_BYTES,
      remoteServers,
      ...(tcpPorts[shard] !== undefined && { tcpPort: tcpPorts[shard] }),
    },
  }));
}

/** Several share the machine. */
const SHARD_MEMORY_BYTES = 2 * 1024 ** 3;

function portsOf({ name, options: { port, tcpPort } }: LocalServer): [string, number][] {
  return [[name, port], ...(tcpPort === undefined ? [] : [[`${name}'s native protocol`, tcpPort] as [string, number]])];
}

function clickhousePart(name: string, options: ClickHouseOptions, output: ProgramOutput): Part {
  return {
    name,
    start: async ({ onSpawn }) => {
      const { onLine, lastWords } = logged(name, output);
      return { ...(await startClickHouse({ ...options, onLine, onSpawn })), lastWords };
    },
  };
}

function redisPart(dataDir: string, port: number, output: ProgramOutput): Part {
  return {
    name: 'redis',
    start: async ({ onSpawn }) => {
      const { onLine, lastWords } = logged('redis', output);
      const onOutput = createLineCutter(onLine);
      return { ...(await startRedis({ dataDir, port, detached: true, onOutput, onSpawn })), lastWords };
    },
  };
}

/** What a database prints goes to its log; its last line may explain its end. */
function logged(name: string, output: ProgramOutput) {
  let last: LastWords | undefined;
  const onLine = (line: string) => {
    if (line.trim() !== '') last = { text: line.trim(), atMs: Date.now() };
    output.line(name, line);
  };
  return { onLine, lastWords: () => last };
}
