import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { backoff } from '@updraft/service';
import { createWorld, writeWorldFile } from '@updraft/simulator';
import {
  createBatchWriter,
  createErasedAccounts,
  createProgressStore,
  listErasedAccounts,
  postHours,
} from '@updraft/store';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { WriteBlocks } from '../apps/admin/src/open-writer.ts';
import { addReindexCommand } from '../apps/admin/src/reindex/reindex-command.ts';
import { reindexHours } from '../apps/admin/src/reindex/reindex-posts.ts';
import { readProgress, startOf } from '../apps/admin/src/reindex/reindex-progress.ts';
import { commitLine } from './indexer/events.ts';
import { differences, type Stack, type Store, startProgram, startStack, type Tables } from './indexer/stack.ts';
import { quietLog } from './migrated-database.ts';
import { runAdmin } from './run-admin.ts';
import { selectRows } from './select-rows.ts';

let stack: Stack;
/** A store with a hostile world in it, and its tables as the indexer wrote them: each test of it leaves them so, or is the last. */
let world: { store: Store; tables: Tables };
beforeAll(async () => {
  stack = await startStack();
  const store = await stack.createStore('world');
  await writeWorldFile(
    createWorld({ seed: 11, accounts: 60, hostile: 0.2 }),
    join(stack.directory, 'world.jsonl'),
    1_500,
  );
  await replay(store, 'world');
  world = { store, tables: await store.tables() };
});
afterAll(() => stack.close());

async function reindex({ env }: Store, ...args: string[]): Promise<string> {
  const { code, output } = await runAdmin(addReindexCommand, ['reindex', ...args], env);
  if (code !== 0) throw new Error(output);
  return output;
}

async function replay(store: Store, name: string, lines?: readonly string[]): Promise<void> {
  const file = join(stack.directory, `${name}.jsonl`);
  if (lines !== undefined) await writeFile(file, `${lines.join('\n')}\n`);
  const program = startProgram('apps/indexer/src/replay-command.ts', ['--restart', file], store.env);
  const { code } = await program.exited;
  if (code !== 0) throw new Error(program.output());
}

/** Rows as a program wrote them that knew nothing of galleries, captions and tokens: of the same versions. */
async function forget(store: Store, where = '1'): Promise<void> {
  const kept =
    'record_hour, did, rkey, operation, sort_at, text, langs, tags, mentions, parent_uri, root_uri, quote_uri, json_rest, version, deleted';
  await store.clickhouse.command(
    `INSERT INTO post_rows (${kept}, embed, has_embedded_media)
     SELECT ${kept}, if(embed IN ('gallery', 'other'), 'none', embed), if(embed = 'gallery', 0, has_embedded_media)
     FROM post_rows FINAL WHERE ${where}`,
  );
}

const postsOf = ({ posts = [] }: Tables): Tables => ({ posts });

function depsOf({ clickhouse }: Store) {
  const writer = createBatchWriter({ clickhouse, log: quietLog, backoff: () => backoff({ minMs: 10, maxMs: 100 }) });
  const write: WriteBlocks = (blocks) => writer.write(blocks, new AbortController().signal);
  return { clickhouse, write, erased: createErasedAccounts(clickhouse), stretchPosts: 25 };
}

describe('pnpm admin reindex', () => {
  test('makes every row of a post what the indexer makes of its event today, and a second time changes nothing', async () => {
    const { store, tables } = world;
    await forget(store);
    expect(differences(postsOf(await store.tables()), postsOf(tables)).length).toBeGreaterThan(100);
    const program = startProgram('apps/admin/src/main.ts', ['reindex'], store.env);
    expect(await program.exited).toMatchObject({ code: 0 });
    const output = program.output();
    const count = await store.count('posts');
    expect(output).toContain(`${count} posts read, ${count} written again`);
    expect(output).toContain('100 %');
    expect(differences(await store.tables(), tables)).toEqual([]);
    await store.clickhouse.command('OPTIMIZE TABLE post_rows FINAL');
    expect(differences(await store.tables(), tables)).toEqual([]);
    expect(await reindex(store)).not.toContain('going on');
    expect(differences(await store.tables(), tables)).toEqual([]);
  }, 240_000);

  test('goes on where it was interrupted', async () => {
    const { store, tables } = world;
    await forget(store);
    const hours = await postHours(store.clickhouse, 0);
    let place = startOf(0);
    let stretches = 0;
    for await (place of reindexHours(depsOf(store), hours, place)) if (++stretches === 4) break;
    const half = differences(postsOf(await store.tables()), postsOf(tables)).length;
    expect(half).toBeGreaterThan(0);
    const resumed = readProgress(JSON.parse(JSON.stringify(place)));
    expect(resumed).toEqual(place);
    const [before] = [place.read];
    for await (place of reindexHours(depsOf(store), hours, resumed ?? startOf(0)));
    expect(place.read).toBe(await store.count('posts'));
    expect(place.read).toBeGreaterThan(before);
    expect(differences(await store.tables(), tables)).toEqual([]);
  }, 240_000);

  test('brings back nothing that was changed or deleted while it ran, and nothing of an erased account', async () => {
    const store = await stack.createStore('racing');
    const post = (nth: number, operation: string, text: string) =>
      commitLine(nth, {
        did: `did:plc:${'abcdefgh'[nth]?.repeat(24)}`,
        collection: 'app.bsky.feed.post',
        operation,
        rkey: '3mptbyn75ed2b',
        record: { text, embed: { $type: 'app.bsky.embed.gallery', items: [{ alt: 'gull' }] } },
        ...(operation !== 'create' && { rev: '3mptbz7cy362b' }),
      });
    await replay(
      store,
      'first',
      [0, 1, 2, 3].map((nth) => post(nth, 'create', `first ${nth}`)),
    );
    await forget(store);
    const deps = depsOf(store);
    // The rows are read, and not yet written, when others write.
    const write: WriteBlocks = async (blocks) => {
      await replay(store, 'second', [post(0, 'delete', ''), post(1, 'update', 'second 1')]);
      return deps.write(blocks);
    };
    await listErasedAccounts(store.clickhouse, [`did:plc:${'d'.repeat(24)}`]);
    let place = startOf(0);
    for await (place of reindexHours({ ...deps, write }, await postHours(store.clickhouse, 0), place));
    expect(place).toMatchObject({ read: 4, written: 3 });
    const rows = await selectRows(store.clickhouse, 'SELECT text, embed FROM posts FINAL ORDER BY did');
    expect(rows).toEqual([
      { text: 'second 1', embed: 'gallery' },
      { text: 'first 2', embed: 'gallery' },
      { text: 'first 3', embed: 'none' },
    ]);
  }, 240_000);

  test('leaves posts that were kept without their record as they are', async () => {
    const store = await stack.createStore('without');
    const record = { text: 'seen', embed: { $type: 'app.bsky.embed.gallery', items: [{ alt: 'gull' }] } };
    const place = { did: `did:plc:${'a'.repeat(24)}`, collection: 'app.bsky.feed.post', rkey: '3mptbyn75ed2b' };
    await replay(store, 'without', [commitLine(0, { ...place, operation: 'create', record })]);
    await store.clickhouse.command("INSERT INTO post_rows SELECT * REPLACE ('' AS json_rest) FROM post_rows FINAL");
    const before = await store.tables();
    expect(await reindex(store)).toContain('1 posts read, 0 written again');
    expect(differences(await store.tables(), before)).toEqual([]);
  }, 240_000);

  test('leaves posts from before --since as they are, and says what it can not read', async () => {
    const { store, tables } = world;
    const [middle] = await selectRows<{ hour: number }>(
      store.clickhouse,
      'SELECT toUInt32(quantileExact(0.5)(record_hour)) AS hour FROM posts FINAL WHERE record_hour > 0',
    );
    const hour = middle?.hour ?? 0;
    await forget(store);
    await reindex(store, '--since', new Date(hour * 3_600_000).toISOString());
    const left = differences(postsOf(await store.tables()), postsOf(tables));
    expect(left.length).toBeGreaterThan(0);
    expect(await store.count('posts', `record_hour >= ${hour} AND empty(tokens) AND text LIKE '%a%'`)).toBe(0);
    expect(await store.count('posts', `record_hour < ${hour} AND notEmpty(tokens)`)).toBe(0);
    // One with --since that was interrupted at its end, and one of everything after it.
    const interrupted = { ...startOf(hour), hour, did: '~', read: 1, written: 1 };
    await createProgressStore(store.clickhouse).save('reindex:posts', interrupted, Date.now() * 1_000);
    expect(await reindex(store)).toContain('continuing after 1 posts');
    expect(await store.count('posts', `empty(tokens) AND text LIKE '%a%'`)).toBe(0);
    await expect(reindex(store, '--since', 'yesterday')).rejects.toThrow(/--since.* expected a length of time/);
  }, 240_000);
});
