import { type CommandIo } from '@updraft/command';
import { createLogger, readConfig } from '@updraft/service';
import {
  type ClickHouse,
  clickHouseEnvironment,
  clickHouseOptions,
  createClickHouse,
  createRedis,
} from '@updraft/store';
import { z } from 'zod';
import { type Bus, createBus } from '../bus.ts';

/** The stores that a command works on. */
export interface AdminStores extends AsyncDisposable {
  readonly clickhouse: ClickHouse;
  /** Tells the running instances what has changed. */
  readonly bus: Bus;
}

const RedisVariables = z.object({
  REDIS_ADDRESS: z.string().default('127.0.0.1:6379'),
  REDIS_PASSWORD: z.string().default(''),
  REDIS_PREFIX: z.string().default('updraft'),
});

/** Opens the stores of the environment, as the service itself would. */
export function openStores({ env }: CommandIo): AdminStores {
  const log = createLogger({ service: 'admin', level: 'silent' });
  const clickhouse = createClickHouse({ ...clickHouseOptions(readConfig(clickHouseEnvironment, env)), log });
  const { REDIS_ADDRESS: address, REDIS_PASSWORD: password, REDIS_PREFIX: prefix } = readConfig(RedisVariables, env);
  const [redis, subscriber] = [createRedis({ address, password }), createRedis({ address, password })];
  return {
    clickhouse,
    bus: createBus({ redis, subscriber, prefix }),
    async [Symbol.asyncDispose]() {
      redis.disconnect();
      subscriber.disconnect();
      await clickhouse.close();
    },
  };
}
