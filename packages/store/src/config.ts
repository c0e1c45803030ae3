import { address, ConfigError, flag, list, readConfig } from '@updraft/service';
import { z } from 'zod';
import type { ClickHouseOptions, ClusterOptions } from './clickhouse/types.ts';

const addresses = list.refine((all) => all.every((one) => address().safeParse(one).success), {
  error: "expected 'host:port' or URLs, separated by commas",
});

/**
 * What a service that works on ClickHouse and Redis needs of the environment; it extends its own schema by it. A service must be told where
 * its databases are: one that happens to listen at the usual port may belong to something else.
 */
export const storeEnvironment = z.object({
  CLICKHOUSE_ADDRESS: address(),
  CLICKHOUSE_USERNAME: z.string().default('default'),
  CLICKHOUSE_PASSWORD: z.string().default(''),
  CLICKHOUSE_DATABASE: z
    .string()
    .regex(/^[A-Za-z_]\w{0,63}$/, { error: 'expected a name of letters, digits and _' })
    .default('atproto'),
  /** Unset on one server; with it the tables are spread over this cluster of its `remote_servers`. */
  CLICKHOUSE_CLUSTER: z
    .string()
    .regex(/^[\w-]{1,64}$/, { error: "expected the name of a cluster, of letters, digits, '_' and '-'" })
    .optional(),
  /** The HTTP address of each server of the cluster. */
  CLICKHOUSE_SHARDS: addresses,
  /** Each shard of the cluster has replicas. */
  CLICKHOUSE_REPLICATED: flag,
  REDIS_ADDRESS: address(),
  REDIS_PASSWORD: z.string().default(''),
  REDIS_PREFIX: z.string().default('updraft'),
});

/** For commands that people run: by default they use the databases of a running `npm start`. */
export const commandEnvironment = storeEnvironment.extend({
  CLICKHOUSE_ADDRESS: address('127.0.0.1:8123'),
  REDIS_ADDRESS: address('127.0.0.1:6379'),
});

/** Where both databases are, for a command. @throws ConfigError naming all faults. */
export function readCommandStores(env: Readonly<Record<string, string | undefined>>): StoreAddresses {
  const read = readConfig(commandEnvironment, env);
  return { clickhouse: clickHouseOptions(read), redis: redisAddress(read) };
}

export interface StoreAddresses {
  readonly clickhouse: ClickHouseOptions;
  readonly redis: RedisAddress;
}

export interface RedisAddress {
  /** `host:port` or a URL. */
  readonly address: string;
  /** Empty where Redis has none, or where the address has it. */
  readonly password: string;
  /** First part of every key. */
  readonly prefix: string;
}

export function redisAddress(env: z.output<typeof storeEnvironment>): RedisAddress {
  return { address: env.REDIS_ADDRESS, password: env.REDIS_PASSWORD, prefix: env.REDIS_PREFIX };
}

export function clickHouseOptions(env: z.output<typeof storeEnvironment>): ClickHouseOptions {
  return {
    address: env.CLICKHOUSE_ADDRESS,
    username: env.CLICKHOUSE_USERNAME,
    password: env.CLICKHOUSE_PASSWORD,
    database: env.CLICKHOUSE_DATABASE,
    ...clusterOptions(env),
  };
}

/** @throws ConfigError when the variables of a cluster don't go together. */
function clusterOptions(env: z.output<typeof storeEnvironment>): { cluster?: ClusterOptions } {
  const { CLICKHOUSE_CLUSTER: name, CLICKHOUSE_SHARDS: servers, CLICKHOUSE_REPLICATED: isReplicated } = env;
  if (name === undefined) {
    if (servers.length === 0 && !isReplicated) return {};
    const variable = isReplicated ? 'CLICKHOUSE_REPLICATED' : 'CLICKHOUSE_SHARDS';
    throw new ConfigError([`${variable}: is of a cluster, and CLICKHOUSE_CLUSTER is not set`]);
  }
  if (isReplicated && servers.length > 0)
    throw new ConfigError([
      'CLICKHOUSE_SHARDS: with CLICKHOUSE_REPLICATED the servers tell each other; set one of the two',
    ]);
  if (!isReplicated && servers.length === 0)
    throw new ConfigError([
      'CLICKHOUSE_SHARDS is not set, expected the HTTP address of each server of CLICKHOUSE_CLUSTER, separated by commas',
    ]);
  return { cluster: { name, servers, isReplicated } };
}
