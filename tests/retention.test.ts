import { readRetention } from '@updraft/store';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addRetentionCommand } from '../apps/admin/src/retention-command.ts';
import { type Stack, startStack } from './indexer/stack.ts';
import { runAdmin } from './run-admin.ts';
import { selectRows } from './select-rows.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack.close());

test('a retention drops old records with all of their states, and neither young ones nor those without a time', async () => {
  const store = await stack.createStore('retention');
  const row = (rkey: string, daysAgo: number | undefined, deleted = 0, collection = LIKE) =>
    store.clickhouse.command(
      `INSERT INTO record_rows (record_hour, collection, repo, rkey_text, relative_version, deleted)
       SELECT if({timeless:UInt8}, 0, intDiv(toUnixTimestamp(now()), 3600) - {hoursAgo:UInt32}), {collection:String}, 'did:plc:a', {rkey:String}, {deleted:UInt8} + 1, {deleted:UInt8}`,
      { rkey, deleted, collection, timeless: daysAgo === undefined ? 1 : 0, hoursAgo: (daysAgo ?? 0) * 24 },
    );
  await Promise.all([
    row('old', 11),
    row('old-and-deleted', 11),
    row('old-and-deleted', 11, 1),
    row('young', 9),
    row('timeless', undefined),
    row('old-repost', 11, 0, 'app.bsky.feed.repost'),
    row('old-follow', 11, 0, 'app.bsky.graph.follow'),
  ]);
  await store.clickhouse.command(
    `INSERT INTO post_rows (record_hour, did, rkey, version)
     SELECT intDiv(toUnixTimestamp(now()), 3600) - 24 * number, 'did:plc:a', concat('post', toString(number)), 1 FROM numbers(12)`,
  );
  const retention = (...args: string[]) => runAdmin(addRetentionCommand, ['retention', ...args], store.env);
  const left = async () => {
    for (const table of ['record_rows', 'post_rows']) await store.clickhouse.command(`OPTIMIZE TABLE ${table} FINAL`);
    const rows = await selectRows<{ rkey: string }>(
      store.clickhouse,
      "SELECT rkey_text AS rkey FROM record_rows UNION ALL SELECT rkey FROM post_rows WHERE rkey IN ('post9', 'post11')",
    );
    return rows.map(({ rkey }) => rkey).toSorted();
  };
  expect(await retention('--likes', '10d')).toEqual({
    code: 0,
    output: 'posts\tforever\nlikes\t10d\nreposts\tforever\nrepo_records\tforever\n',
  });
  expect(await readRetention(store.clickhouse)).toEqual(new Map([['likes', 10]]));
  expect(await left()).toEqual(['old-follow', 'old-repost', 'post11', 'post9', 'timeless', 'young']);

  expect(await retention('--repo-records', '10d', '--posts', '10d', '--reposts', '90d')).toEqual({
    code: 0,
    output: 'posts\t10d\nlikes\t10d\nreposts\t90d\nrepo_records\t10d\n',
  });
  expect(await left()).toEqual(['old-repost', 'post9', 'timeless', 'young']);

  expect(await retention('--likes', '1d')).toMatchObject({ code: 2 });
  expect(await retention('--likes', 'forever', '--posts', 'forever')).toMatchObject({ code: 0 });
  expect(await readRetention(store.clickhouse)).toEqual(
    new Map([
      ['reposts', 90],
      ['repo_records', 10],
    ]),
  );
  expect(await retention('--reposts', 'forever', '--repo-records', 'forever')).toMatchObject({ code: 0 });
  expect(await readRetention(store.clickhouse)).toEqual(new Map());
}, 60_000);

const LIKE = 'app.bsky.feed.like';
