import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bytesFile, encodeSegment, openSegment, ROW_KIND } from '@updraft/jetstream';
import { DIVERGENCE_CASES, type JetstreamServer } from '@updraft/simulator';
import { describe, expect, test } from 'vitest';
import { startSealedHost, worldEvents } from './archive/hosts.ts';
import { compareVisible, truthOf } from './archive/visible-state.ts';
import { useCleanups, useStack } from './indexer/fixtures.ts';
import { until } from './indexer/program.ts';
import { differences, type Store } from './indexer/stack.ts';
import { startBackfill } from './indexer/start.ts';
import { selectRows } from './select-rows.ts';

const stack = useStack();
const cleanups = useCleanups();

async function hostOf(events: Parameters<typeof startSealedHost>[0], v2: Parameters<typeof startSealedHost>[1] = {}) {
  const server = await startSealedHost(events, v2);
  cleanups.push(() => server.close());
  return server;
}

type Archive = NonNullable<JetstreamServer['archive']>;
type ArchiveFault = Parameters<Archive['faults']['inject']>[0];
const faultsOf = (server: JetstreamServer): Archive['faults'] => (server.archive as Archive).faults;

function environmentOf(store: Store, server: JetstreamServer | undefined): Record<string, string> {
  return {
    WS_URL: server?.url ?? 'ws://127.0.0.1:1/subscribe',
    ARCHIVE_FOLDER: join(stack.directory, store.env['REDIS_PREFIX'] ?? ''),
    ...(server && { JETSTREAM_ARCHIVE_URL: server.v2Url }),
  };
}

/** Runs `pnpm backfill` to its end. */
async function backfill(store: Store, server: JetstreamServer | undefined, args: readonly string[] = [], env = {}) {
  const program = startBackfill(store, ['--since', '3d', '--json', ...args], {
    ...environmentOf(store, server),
    ...env,
  });
  const end = await program.exited;
  const output = program.output();
  const line = output.split('\n').find((text) => text.startsWith('{"events"'));
  return { ...end, output, result: line === undefined ? undefined : (JSON.parse(line) as Result) };
}

interface Result {
  readonly events: number;
  readonly rows: number;
  readonly rejected: number;
  readonly corrupt: readonly { readonly segment: string; readonly block?: number }[];
}

/** Not `retry`: there the server's fold and ours can't be equal. */
const divergenceCases = DIVERGENCE_CASES.filter((name) => name !== 'retry');
const WORLD = worldEvents(1_200, { hostile: 0.3, divergence: 1, divergenceCases });

describe('a backfill', () => {
  test('fills a store with all that the archive has, as the truth folds it, and a second time changes nothing', async () => {
    const server = await hostOf(WORLD, { planEntries: 3 });
    const store = await stack.createStore('whole');
    const first = await backfill(store, server);
    expect(first).toMatchObject({ code: 0, result: { corrupt: [] } });
    const { records, differences: found } = await compareVisible(store.clickhouse, truthOf(WORLD));
    expect(records).toBeGreaterThan(300);
    expect(found).toEqual([]);
    const tables = await store.tables();
    expect(tables['rejected_events']?.length).toBe(first.result?.rejected);
    expect(await backfill(store, server)).toMatchObject({ code: 0, result: { rows: first.result?.rows } });
    expect(differences(await store.tables(), tables)).toEqual([]);
    expect(await store.count('ingest_progress', "stream = 'whole'")).toBe(0);
  });

  test('killed several times goes on after the last written block, and ends with the truth', async () => {
    const server = await hostOf(WORLD);
    const store = await stack.createStore('killed');
    for (const point of ['mid-write:2', 'after-progress:2']) {
      const killed = await backfill(store, server, [], { CRASH_POINT: point, BATCH_MAX_ROWS: '200' });
      expect(killed.signal).toBe('SIGKILL');
    }
    const last = await backfill(store, server);
    expect(last.output).toMatch(/going on after sequence number [\d,]+/);
    expect(last.result?.rows).toBeLessThan(WORLD.length - 200);
    expect((await compareVisible(store.clickhouse, truthOf(WORLD))).differences).toEqual([]);
    expect((await backfill(store, server, ['--restart'])).result?.rows).toBeGreaterThan(WORLD.length - 100);
  });

  test('that is started a second time while it runs is refused, and the first is not disturbed: interrupted, it says how it goes on', async () => {
    const server = await hostOf(WORLD);
    const store = await stack.createStore('twice');
    faultsOf(server).inject({ method: 'getSegment', kind: 'slow', bytesPerSecond: 10 });
    const first = startBackfill(store, ['--since', '3d', '--json'], environmentOf(store, server));
    cleanups.push(first.kill);
    await until(() => faultsOf(server).left() === 0);
    const second = await backfill(store, server);
    expect(second).toMatchObject({ code: 1 });
    expect(second.output).toContain('pnpm backfill with the same options is running already');
    first.child.kill('SIGTERM');
    expect(await first.exited).toMatchObject({ code: 1 });
    expect(first.output()).toContain('interrupted. The same command goes on after what is written');
    expect(await backfill(store, server)).toMatchObject({ code: 0, result: { corrupt: [] } });
    expect((await compareVisible(store.clickhouse, truthOf(WORLD))).differences).toEqual([]);
  });

  test('takes only the commits of chosen collections, and only events of chosen accounts', async () => {
    const server = await hostOf(WORLD);
    const store = await stack.createStore('chosen');
    const liker = WORLD.find(({ tail }) => tail.includes('app.bsky.feed.like'))?.did ?? '';
    await backfill(store, server, ['--collections', 'app.bsky.feed.like', '--dids', liker]);
    const kinds = "SELECT count() AS n FROM repo_records WHERE repo != '{did}' OR collection != 'app.bsky.feed.like'";
    expect(await selectRows(store.clickhouse, kinds.replace('{did}', liker))).toEqual([{ n: '0' }]);
    expect(await store.count('record_rows')).toBeGreaterThan(0);
    expect(await store.count('repo_syncs')).toBe(0);
  });
});

/** What passes while the stretch is looked up: they fall on the list and on the indexes of segments. */
const AT_FIRST: ArchiveFault[] = [
  { method: 'listSegments', kind: 'status', status: 503 },
  { method: 'getSegment', kind: 'status', status: 404 },
  { method: 'getSegment', kind: 'flip', atByte: 120 },
  { method: 'planSnapshot', kind: 'status', status: 500 },
];
/** While it is read: they fall on plans and downloads. */
const AFTERWARDS: ArchiveFault[] = [
  { method: 'planSnapshot', kind: 'status', status: 429, retryAfterSeconds: 0 },
  { method: 'getSegment', kind: 'status', status: 429, retryAfterSeconds: 0 },
  { method: 'getSegment', kind: 'cut', afterBytes: 9_000 },
  { method: 'getSegment', kind: 'rewrite' },
  { method: 'getSegment', kind: 'flip', atByte: 3_000 },
  { method: 'getSegment', kind: 'status', status: 404 },
];

describe('an archive that', () => {
  test('fails in every way that passes loses nothing and gives nothing twice', async () => {
    const server = await hostOf(WORLD, { planEntries: 2 });
    const store = await stack.createStore('faulty');
    AT_FIRST.forEach((fault) => faultsOf(server).inject(fault));
    const running = backfill(store, server);
    await until(() => faultsOf(server).left() === 0);
    AFTERWARDS.forEach((fault) => faultsOf(server).inject(fault));
    expect(await running).toMatchObject({ code: 0, result: { corrupt: [] } });
    expect(faultsOf(server).left()).toBeLessThan(3);
    expect((await compareVisible(store.clickhouse, truthOf(WORLD))).differences).toEqual([]);
    expect(await store.count('ingest_gaps')).toBe(0);
  });

  test('answers 401 ends it with a sentence, and what was done before stays done', async () => {
    const server = await hostOf(WORLD, { planEntries: 1 });
    const store = await stack.createStore('refused');
    for (const nth of [1, 2, 3])
      if (nth < 3) faultsOf(server).inject({ method: 'planSnapshot', kind: 'slow', bytesPerSecond: 1e6 });
    faultsOf(server).inject({ method: 'planSnapshot', kind: 'status', status: 401 });
    const refused = await backfill(store, server);
    expect(refused.code).toBe(1);
    expect(refused.output).toContain('Set JETSTREAM_API_KEY to a valid key');
    expect(refused.output).not.toMatch(/^\s+at .*:\d+/m);
    const on = await backfill(store, server);
    expect(on).toMatchObject({ code: 0 });
    expect(on.result?.rows).toBeLessThan(WORLD.length - 200);
    expect((await compareVisible(store.clickhouse, truthOf(WORLD))).differences).toEqual([]);
  });
});

describe('a folder with segments', () => {
  async function folderOf(name: string): Promise<string> {
    const server = await hostOf(WORLD);
    const folder = join(stack.directory, `segments-${name}`);
    await mkdir(folder);
    await server.archive?.writeTo(folder);
    return folder;
  }

  test('is read like an archive; a corrupt block is named, its stretch is a gap, and all else is in', async () => {
    const folder = await folderOf('corrupt');
    const store = await stack.createStore('corrupt');
    const [, second = ''] = (await readdir(folder)).toSorted();
    const whole = await readFile(join(folder, second));
    const { blocks } = await openSegment(bytesFile(whole));
    const block = blocks[3];
    const bytes = Buffer.from(whole);
    const at = (block?.offset ?? 0) + 8 + ((block?.compressedBytes ?? 0) >> 1);
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    await writeFile(join(folder, second), bytes);
    const first = await backfill(store, undefined, ['--folder', folder]);
    expect(first).toMatchObject({
      code: 1,
      result: { corrupt: [{ segment: second, block: 3, minSeq: block?.minSeq }] },
    });
    expect(first.output).toContain(`corrupt, and left out: block 3 of the segment ${second}`);
    const gaps = await selectRows(
      store.clickhouse,
      'SELECT toUnixTimestamp64Micro(from_time) AS f, toUnixTimestamp64Micro(to_time) AS t FROM ingest_gaps FINAL',
    );
    expect(gaps).toEqual([{ f: String(block?.minWitnessedAt), t: String(block?.maxWitnessedAt) }]);
    await writeFile(join(folder, second), whole);
    const mended = await backfill(store, undefined, ['--folder', folder]);
    expect(mended.result?.rows).toBe((first.result?.rows ?? 0) + (block?.rowCount ?? 0));
    expect((await compareVisible(store.clickhouse, truthOf(WORLD))).differences).toEqual([]);
  });

  test('one of which is cut, of another version or empty is refused by name before anything is read', async () => {
    const [folder, store] = [await folderOf('bad'), await stack.createStore('bad')];
    const [first = ''] = await readdir(folder);
    const whole = await readFile(join(folder, first));
    const otherVersion = Buffer.concat([whole.subarray(0, 4), Buffer.from([99]), whole.subarray(5)]);
    for (const bytes of [whole.subarray(0, whole.length >> 1), otherVersion, Buffer.alloc(0)]) {
      await writeFile(join(folder, first), bytes);
      const { code, output } = await backfill(store, undefined, ['--folder', folder]);
      expect(code).toBe(1);
      expect(output).toContain(first);
      expect(output).not.toMatch(/^\s+at .*:\d+/m);
    }
    expect(await store.count('record_rows')).toBe(0);
  });
});

test('a record that can’t be decoded is set aside in rejected_events', async () => {
  const folder = join(stack.directory, 'segments-strange');
  await mkdir(folder);
  const row = { seq: 7, witnessedAt: Date.now() * 1000, indexedAt: 0, kind: ROW_KIND.create, did: 'did:plc:a' };
  const path = { collection: 'app.bsky.feed.like', rkey: '3n34jv35wsmeg', rev: '3n34jv35wsmeg' };
  const { bytes } = await encodeSegment([{ rows: [{ ...row, ...path, payload: Buffer.from([0xff]) }] }]);
  await writeFile(join(folder, 'strange.jss'), bytes);
  const store = await stack.createStore('strange');
  expect(await backfill(store, undefined, ['--folder', folder])).toMatchObject({ code: 0, result: { rejected: 1 } });
  expect(await store.count('rejected_events', "reason = 'bad_record' AND event LIKE '%$bytes%'")).toBe(1);
});

test.each([
  [['--since', '3d', '--folder', '/nowhere'], 1, '/nowhere is not a folder'],
  [['--since', '1d', '--until', '2d'], 1, '--until has to be after --since'],
  [['--since', 'yesterday'], 2, "expected an age such as '30d'"],
  [[], 2, '--since'],
])('%j is answered with one sentence', async (args, exitCode, sentence) => {
  const program = startBackfill({ env: {} }, args, {});
  expect(await program.exited).toMatchObject({ code: exitCode });
  expect(program.output()).toContain(sentence);
});
