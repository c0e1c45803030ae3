import { address, readConfig } from '@updraft/service';
import { z } from 'zod';
import type { ClickHouseOptions } from './clickhouse/types.ts';

/** What a process that talks to ClickHouse needs of the environment; services merge it into their own schema. */
export const clickHouseEnvironment = z.object({
  CLICKHOUSE_ADDRESS: address('127.0.0.1:8123'),
  CLICKHOUSE_USERNAME: z.string().default('default'),
  CLICKHOUSE_PASSWORD: z.string().default(''),
  CLICKHOUSE_DATABASE: z
    .string()
    .regex(/^[A-Za-z_]\w{0,63}$/, { error: 'expected a name of letters, digits and _' })
    .default('atproto'),
  /** Unset on one server; with it the tables are made on this cluster of its `remote_servers`. */
  CLICKHOUSE_CLUSTER: z
    .string()
    .regex(/^[\w-]{1,64}$/, { error: "expected the name of a cluster, of letters, digits, '_' and '-'" })
    .optional(),
});

/** CLICKHOUSE_ADDRESS, CLICKHOUSE_USERNAME, CLICKHOUSE_PASSWORD, CLICKHOUSE_DATABASE. @throws ConfigError naming all faults. */
export function readClickHouseOptions(env: Readonly<Record<string, string | undefined>>): ClickHouseOptions {
  return clickHouseOptions(readConfig(clickHouseEnvironment, env));
}

export function clickHouseOptions(env: z.output<typeof clickHouseEnvironment>): ClickHouseOptions {
  return {
    address: env.CLICKHOUSE_ADDRESS,
    username: env.CLICKHOUSE_USERNAME,
    password: env.CLICKHOUSE_PASSWORD,
    database: env.CLICKHOUSE_DATABASE,
    ...(env.CLICKHOUSE_CLUSTER !== undefined && { cluster: env.CLICKHOUSE_CLUSTER }),
  };
}

/** The environment of this process, for the command; services read it in their own main. */
export function processEnvironment(): NodeJS.ProcessEnv {
  return process.env;
}
