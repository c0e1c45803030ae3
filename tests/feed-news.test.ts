import { type News, newsChannel } from '@updraft/feeds';
import { createLogger } from '@updraft/service';
import { createRedis } from '@updraft/store';
import { expect, test } from 'vitest';
import { openStores } from '../apps/admin/src/open-stores.ts';
import { createBus } from '../apps/feedgen/src/bus.ts';
import { until } from './feedgen/stage.ts';
import { useRedis } from './use-redis.ts';

const redis = useRedis();

test('a message that is not understood is logged, and the next one is heard', async () => {
  const warnings: string[] = [];
  const log = createLogger({ service: 'feedgen', level: 'silent' });
  log.warn = (_fields: unknown, message?: string) => warnings.push(message ?? '');
  const bus = createBus({ redis: redis.client, subscriber: redis.client.duplicate(), prefix: 'news', log });
  const heard: News[] = [];
  bus.listen((news) => heard.push(news));
  bus.start();
  await until(async () => (await redis.client.publish(newsChannel('news'), '{"kind":"gossip"}')) === 1);
  await bus.publish({ kind: 'erased' });
  await until(() => heard.length > 0);
  expect(heard).toEqual([{ kind: 'erased' }]);
  expect(warnings).toEqual(['a message of another instance was not understood']);
  bus.close();
});

test('an instance that starts while Redis is away hears the news once Redis is there', async () => {
  const warnings: string[] = [];
  const log = createLogger({ service: 'feedgen', level: 'silent' });
  log.warn = (_fields: unknown, message?: string) => warnings.push(message ?? '');
  await redis.database.redis.kill();
  const bus = createBus({
    redis: redis.client,
    subscriber: createRedis({ address: redis.database.redis.address }),
    prefix: 'late',
    log,
  });
  const heard: News[] = [];
  bus.listen((news) => heard.push(news));
  bus.start();
  await until(() => warnings.length > 0);
  await redis.database.redis.revive();
  await until(async () => (await redis.client.publish(newsChannel('late'), '{"kind":"erased"}').catch(() => 0)) === 1);
  await until(() => heard.length > 0);
  expect(heard).toEqual([{ kind: 'erased' }]);
  expect(warnings).toEqual(["other instances' news can't be heard until Redis is back"]);
  bus.close();
});

test('a command whose news can not be told says that it is seen all the same', async () => {
  const notes: string[] = [];
  const env = { CLICKHOUSE_ADDRESS: '127.0.0.1:1', REDIS_ADDRESS: '127.0.0.1:1' };
  await using stores = openStores({ env, out: () => {}, note: (line) => notes.push(line) });
  await stores.tell({ kind: 'api-keys' });
  expect(notes).toEqual([expect.stringMatching(/^Redis at 127\.0\.0\.1:1 can't be reached: .* within seconds$/)]);
});
