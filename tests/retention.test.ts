import { readRetention } from '@updraft/store';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Stack, startProgram, startStack } from './indexer/stack.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack.close());

test('a retention drops old records with all of their states, and neither young ones nor those without a time', async () => {
  const store = await stack.createStore('retention');
  const likes = (rkey: string, time: string, deleted: number) =>
    store.clickhouse.command(
      `INSERT INTO likes (record_hour, actor_did, rkey, record_time, version, deleted)
       SELECT intDiv(toUnixTimestamp(t), 3600), 'did:plc:a', {rkey:String}, ${time} AS t, {deleted:UInt8} + 1, {deleted:UInt8}`,
      { rkey, deleted },
    );
  await likes('old', 'now() - INTERVAL 11 DAY', 0);
  await likes('old-and-deleted', 'now() - INTERVAL 11 DAY', 0);
  await likes('old-and-deleted', 'now() - INTERVAL 11 DAY', 1);
  await likes('young', 'now() - INTERVAL 9 DAY', 0);
  await likes('timeless', "toDateTime(0, 'UTC')", 0);
  const retention = async (...args: string[]) => {
    const program = startProgram('apps/admin/src/main.ts', ['retention', ...args], store.env);
    const { code } = await program.exited;
    return { code, output: program.output() };
  };
  expect(await retention('--likes', '10d')).toEqual({
    code: 0,
    output: 'posts\tforever\nlikes\t10d\nreposts\tforever\nrepo_records\tforever\n',
  });
  expect(await readRetention(store.clickhouse)).toEqual(new Map([['likes', 10]]));
  await store.clickhouse.command('OPTIMIZE TABLE likes FINAL');
  const left = await store.clickhouse.query<{ rkey: string }>('SELECT rkey FROM likes ORDER BY rkey');
  expect(left.map(({ rkey }) => rkey)).toEqual(['timeless', 'young']);

  expect(await retention('--likes', '1d')).toMatchObject({ code: 2 });
  expect(await retention('--likes', 'forever')).toMatchObject({ code: 0 });
  expect(await readRetention(store.clickhouse)).toEqual(new Map());
});
