import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { account, commitLine, START_MICROS, tid } from './indexer/events.ts';
import { differences, expectCleanEnd, type Stack, type Store, startProgram, startStack } from './indexer/stack.ts';
import { selectRows } from './select-rows.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack.close());

const post = 'app.bsky.feed.post';
const rkey = tid(START_MICROS);
const rev = tid(START_MICROS + 5_000_000);
const parts = { did: account(5), collection: post, rkey };
const [first, gone, second] = [
  commitLine(1, { ...parts, rev: tid(START_MICROS + 1_000), record: { $type: post, text: 'first' } }),
  commitLine(2, { ...parts, rev, operation: 'delete' }),
  commitLine(3, { ...parts, rev, record: { $type: post, text: 'second' } }),
] as const;

async function replay(store: Store, lines: readonly string[], name: string): Promise<void> {
  const file = join(stack.directory, `${name}.jsonl`);
  await writeFile(file, lines.map((line) => `${line}\n`).join(''));
  const program = startProgram('apps/indexer/src/replay-command.ts', ['--restart', file], store.env);
  await expectCleanEnd(program);
}

const texts = async (store: Store): Promise<unknown[]> => {
  const rows = await selectRows<{ text: string }>(store.clickhouse, 'SELECT text FROM posts FINAL');
  return rows.map(({ text }) => text);
};
const operations = (store: Store) =>
  selectRows(store.clickhouse, 'SELECT operation, toUInt32(count()) AS n FROM record_ops FINAL GROUP BY 1 ORDER BY 1');

describe('invariants 3 and 4: a record that one commit deletes and writes again under its key', () => {
  test('is what the commit left, whatever comes again, and from wherever it comes again', async () => {
    const store = await stack.createStore('replaced');
    await replay(store, [first, gone], 'until_the_delete');
    expect(await texts(store)).toEqual([]);
    await replay(store, [first, gone, second], 'all');
    expect(await texts(store)).toEqual(['second']);
    const tables = await store.tables();
    for (const [number, lines] of [[second, gone], [gone], [first, gone, gone, second], [first]].entries()) {
      await replay(store, lines, `again${number}`);
      expect(differences(await store.tables(), tables)).toEqual([]);
    }
  });

  test('comes back by a replay in a store of an earlier release, and its operations count once', async () => {
    const [store, fresh] = [await stack.createStore('earlier'), await stack.createStore('fresh')];
    await replay(fresh, [first, gone, second], 'fresh');
    await replay(store, [first, gone, second], 'earlier');
    await asEarlierReleaseWrote(store);
    expect(await texts(store)).toEqual([]);
    expect(await lostRecords(store)).toEqual([{ uri: `at://${account(5)}/${post}/${rkey}` }]);
    await replay(store, [gone, second], 'mend');
    expect(await texts(store)).toEqual(['second']);
    expect(await lostRecords(store)).toEqual([]);
    expect(await operations(store)).toEqual([
      { operation: 'create', n: 2 },
      { operation: 'delete', n: 1 },
    ]);
    await replay(store, [first, gone, second], 'whole');
    expect(differences(await store.tables(), await fresh.tables())).toEqual([]);
  });
});

/** Turns the last bit of every version around, as rows were before migration 0011, and merges: of two rows of a rev only the delete is left. */
async function asEarlierReleaseWrote({ clickhouse }: Store): Promise<void> {
  await clickhouse.command('CREATE TABLE earlier AS post_rows');
  await clickhouse.command(
    'INSERT INTO earlier SELECT * REPLACE (bitXor(version, 1) AS version) FROM post_rows ORDER BY version',
  );
  await clickhouse.command('TRUNCATE TABLE post_rows');
  await clickhouse.command('INSERT INTO post_rows SELECT * FROM earlier');
  await clickhouse.command('OPTIMIZE TABLE post_rows FINAL');
  await clickhouse.command('DROP TABLE earlier');
}

/** The query of docs/operations.md. */
async function lostRecords({ clickhouse }: Store): Promise<unknown[]> {
  const text = await readFile(new URL('../docs/operations.md', import.meta.url), 'utf8');
  const [, sql = ''] = /```sql\n(SELECT concat\('at:\/\/'[^`]*)```/.exec(text) ?? [];
  return selectRows(clickhouse, sql.replaceAll("'2026-11-01'", "'2026-07-04'"));
}
