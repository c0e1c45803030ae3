import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { type ClickHouseOptions, startClickHouse } from '../clickhouse/start.ts';
import { type RedisServerOptions, startRedis } from '../redis/redis-server.ts';
import type { NamedAddress } from '../screen/snapshot.ts';
import type { ProgramOutput } from '../supervision/node-program.ts';
import type { LastWords, Part } from '../supervision/part.ts';
import { loopback, type Ports } from './addresses.ts';
import { fromHere } from './folders.ts';
import type { Surroundings } from './surroundings.ts';

/** Where ClickHouse and Redis are, and which of them `npm start` runs. */
export interface DatabasePlan {
  readonly clickhouseUrl: string;
  readonly addresses: readonly NamedAddress[];
  /** The variables that lead to the databases that are started here. */
  readonly env: Readonly<Record<string, string>>;
  readonly parts: readonly Part[];
  /** Ports of the parts, by what they are for. */
  readonly ports: Readonly<Record<string, number>>;
}

/** A database whose address the environment names is used, never started. One that happens to listen at our port is not ours. */
export function planDatabases(around: Surroundings): DatabasePlan {
  const { env, folder, options, ports, output } = around;
  const clickhouse = env['CLICKHOUSE_ADDRESS'] ? givenClickHouse(env['CLICKHOUSE_ADDRESS']) : ownClickHouse(around);
  if (env['REDIS_ADDRESS'])
    return { ...clickhouse, addresses: [...clickhouse.addresses, { label: 'Redis', address: env['REDIS_ADDRESS'] }] };
  const address = loopback(ports.redis);
  // the builds, reports and cursors of a cluster are its own, as its tables are
  const isCluster = !env['CLICKHOUSE_ADDRESS'] && options.shards > 1;
  const redisFolder = join(folder, isCluster ? `redis-of-${options.shards}` : 'redis');
  return {
    ...clickhouse,
    addresses: [...clickhouse.addresses, { label: 'Redis', address }],
    env: { ...clickhouse.env, REDIS_ADDRESS: address },
    parts: [...clickhouse.parts, redisPart({ dataDir: redisFolder, port: ports.redis, env }, output)],
    ports: { ...clickhouse.ports, Redis: ports.redis },
  };
}

function givenClickHouse(address: string): DatabasePlan {
  const clickhouseUrl = address.includes('://') ? address : `http://${address}`;
  return { clickhouseUrl, addresses: [{ label: 'ClickHouse', address: clickhouseUrl }], env: {}, parts: [], ports: {} };
}

function ownClickHouse({ folder, logins, netrc, options: { shards }, ports, output }: Surroundings): DatabasePlan {
  const cluster = shards > 1 ? clusterOf(shards, ports) : undefined;
  const servers = cluster === undefined ? [oneServer(folder, ports)] : shardsOf(cluster, folder);
  const address = loopback(ports.clickhouse);
  return {
    clickhouseUrl: `http://${address}`,
    addresses: [
      { label: 'ClickHouse', address: `http://${address}` },
      { label: 'Password', address: fromHere(netrc) },
    ],
    env: {
      CLICKHOUSE_ADDRESS: address,
      ...(cluster !== undefined && {
        CLICKHOUSE_CLUSTER: cluster.name,
        CLICKHOUSE_SHARDS: cluster.httpPorts.map(loopback).join(','),
      }),
    },
    parts: servers.map(({ name, options }) => clickhousePart(name, { ...options, logins }, output)),
    ports: Object.fromEntries(servers.flatMap(portsOf)),
  };
}

/** Servers of ClickHouse on this machine that are one cluster. */
interface LocalCluster {
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

/** Each number of servers has folders of its own, since the number decides on which server a row lies. */
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

function redisPart(options: RedisServerOptions, output: ProgramOutput): Part {
  return {
    name: 'redis',
    start: async ({ onSpawn }) => {
      const { onLine, lastWords } = logged('redis', output);
      return { ...(await startRedis({ ...options, detached: true, onLine, onSpawn })), lastWords };
    },
  };
}

/** Logs what a database prints, and keeps its last line, which may explain its end. */
function logged(name: string, output: ProgramOutput) {
  let last: LastWords | undefined;
  const onLine = (line: string) => {
    if (line.trim() !== '') last = { text: line.trim(), atMs: Date.now() };
    output.line(name, line);
  };
  return { onLine, lastWords: () => last };
}
