import { type CommandIo } from '@updraft/command';
import { createLogger } from '@updraft/service';
import { type ClickHouse, createClickHouse, createRedis, readCommandStores } from '@updraft/store';
import { type Bus, createBus } from '../bus.ts';

/** The stores that a command works on. */
export interface AdminStores extends AsyncDisposable {
  readonly clickhouse: ClickHouse;
  /** Tells the running instances what has changed. */
  readonly bus: Bus;
}

/** Opens the stores of the environment, as the service itself would. */
export function openStores({ env }: CommandIo): AdminStores {
  const log = createLogger({ service: 'admin', level: 'silent' });
  const stores = readCommandStores(env);
  const clickhouse = createClickHouse({ ...stores.clickhouse, log });
  const { address, password, prefix } = stores.redis;
  const [redis, subscriber] = [createRedis({ address, password }), createRedis({ address, password })];
  return {
    clickhouse,
    bus: createBus({ redis, subscriber, prefix, log }),
    async [Symbol.asyncDispose]() {
      redis.disconnect();
      subscriber.disconnect();
      await clickhouse.close();
    },
  };
}
