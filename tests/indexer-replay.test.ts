import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { createWorld, writeWorldFile } from '@updraft/simulator';
import { describe, expect, test } from 'vitest';
import { useStack } from './indexer/fixtures.ts';
import { differences, loginOf, type Store, type Tables } from './indexer/stack.ts';
import { startReplay } from './indexer/start.ts';
import { selectRows } from './select-rows.ts';

const SAMPLE = resolve(import.meta.dirname, '../../shared/data/jetstream-v1-sample.jsonl');

const stack = useStack();

/** Runs `pnpm replay` to its end. */
async function replay(store: Pick<Store, 'env'>, args: readonly string[], env: Record<string, string> = {}) {
  const program = startReplay(store, args, env);
  return { ...(await program.exited), output: program.output() };
}

describe.skipIf(!existsSync(SAMPLE))('the sample of the live network (skipped where the file is not there)', () => {
  test('is indexed as a whole, with the counts of the file, and a second time changes nothing', async () => {
    const store = await stack.createStore('sample');
    const first = await replay(store, [SAMPLE]);
    expect(first).toMatchObject({ code: 0 });
    const tables = await store.tables();
    expect(await operationsOf(store)).toEqual(await operationsInFile(SAMPLE));
    expect(tables['rejected_events']).toEqual([]);
    const second = await replay(store, [SAMPLE]);
    expect(second).toMatchObject({ code: 0 });
    expect(second.output).toContain('76  events');
    expect(differences(await store.tables(), tables)).toEqual([]);
  });
});

describe('a recorded stream', () => {
  test('makes the same tables as .jsonl, .gz and .zst, and the summary says what came', async () => {
    const file = join(stack.directory, 'world.jsonl');
    const lines = await writeWorldFile(createWorld({ seed: 7, accounts: 200, hostile: 0 }), file, 3_000);
    const bytes = await readFile(file);
    await writeFile(`${file}.gz`, gzipSync(bytes));
    await writeFile(`${file}.zst`, zstdCompressSync(bytes));
    const all: Tables[] = [];
    for (const [index, ending] of ['', '.gz', '.zst'].entries()) {
      const store = await stack.createStore(`ending${index}`);
      const { code, output } = await replay(store, [`${file}${ending}`]);
      expect(code).toBe(0);
      expect(output).toContain(`${lines.toLocaleString('en')}  events`);
      all.push(await store.tables());
    }
    expect(all[0]?.['likes']?.length).toBeGreaterThan(1_000);
    for (const tables of all) expect(differences(tables, all[0])).toEqual([]);
  });

  test('is gone on with after a kill, and begun anew with --restart', async () => {
    const file = join(stack.directory, 'long.jsonl');
    await writeWorldFile(createWorld({ seed: 8, accounts: 200 }), file, 3_000);
    const [store, undisturbed] = [await stack.createStore('killed'), await stack.createStore('undisturbed')];
    await replay(undisturbed, [file]);

    const killed = await replay(store, [file], { BATCH_MAX_ROWS: '500', CRASH_POINT: 'after-write:4' });
    expect(killed.signal).toBe('SIGKILL');
    const resumed = await replay(store, [file], { BATCH_MAX_ROWS: '500' });
    expect(resumed.output).toMatch(/continuing after line 1,[05]00/); // the third batch's progress may not be saved yet
    expect(differences(await store.tables(), await undisturbed.tables())).toEqual([]);

    const again = await replay(store, ['--restart', file]);
    expect(again.output).toContain('3,000  events');
    expect(differences(await store.tables(), await undisturbed.tables())).toEqual([]);
  });

  test('never touches the live cursor', async () => {
    const store = await stack.createStore('cursorless');
    const file = join(stack.directory, 'few.jsonl');
    await writeWorldFile(createWorld({ seed: 9, accounts: 50 }), file, 200);
    await replay(store, [file]);
    expect(await store.count('ingest_progress', "stream = 'cursorless'")).toBe(0);
  });
});

describe('one clear line, and exit code 1, or 2 where the command line is not understood,', () => {
  test.each([
    ['a file that is not there', ['/nowhere/x.jsonl'], {}, 1, '/nowhere/x.jsonl'],
    ['no file at all', [], {}, 2, 'pnpm replay --help'],
    ['an unknown option', ['--fast', 'x'], {}, 2, '--fast'],
    ['a malformed address', ['package.json'], { REDIS_ADDRESS: 'no address' }, 1, 'REDIS_ADDRESS'],
    [
      'the port of the native protocol',
      [import.meta.filename],
      { CLICKHOUSE_ADDRESS: '127.0.0.1:9000' },
      1,
      'use 8123',
    ],
    [
      'a database without tables',
      [import.meta.filename],
      { CLICKHOUSE_DATABASE: 'nobody_migrated' },
      1,
      'pnpm migrate up',
    ],
  ])('for %s', async (_, args, env, exitCode, words) => {
    const store = { env: { ...loginOf(stack.engine()), REDIS_ADDRESS: stack.redis().address } };
    const { code, output } = await replay(store, args, env);
    expect(code).toBe(exitCode);
    expect(output).toContain(words);
    expect(output).not.toMatch(/^\s+at .*:\d+/m);
  });
});

/** Rows of record_ops by operation and collection. */
async function operationsOf(store: Store): Promise<Record<string, number>> {
  const rows = await selectRows<{ what: string; n: string }>(
    store.clickhouse,
    "SELECT concat(operation, ' ', collection) AS what, count() AS n FROM record_ops FINAL GROUP BY what",
  );
  return Object.fromEntries(rows.map(({ what, n }) => [what, Number(n)]));
}

async function operationsInFile(file: string): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const line of (await readFile(file, 'utf8')).trim().split('\n')) {
    const { commit } = JSON.parse(line) as { commit?: { operation: string; collection: string } };
    if (commit === undefined) continue;
    const what = `${commit.operation} ${commit.collection}`;
    counts[what] = (counts[what] ?? 0) + 1;
  }
  return counts;
}
