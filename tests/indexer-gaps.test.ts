import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from '@updraft/command';
import { createEventWriter } from '@updraft/ingest';
import { hostSource } from '@updraft/refill';
import { createWorld, type JetstreamServer, startJetstream, type WorldEvent } from '@updraft/simulator';
import { copyDatabase } from '@updraft/store';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addGapsCommand } from '../apps/admin/src/refill/gaps-command.ts';
import { useIndexers, useStack } from './indexer/fixtures.ts';
import { differences, type Program, type Store, type Tables, until } from './indexer/stack.ts';
import { selectRows } from './select-rows.ts';

const stack = useStack();
const { cleanups, start } = useIndexers();

/** Events of a day of 60,000, so that ten minutes are some four hundred. */
const WORLD = { seed: 11, accounts: 200, eventsPerDay: 60_000, nowMicros: 1_795_176_000_000_000 };
const BEFORE = 600;
const MISSING_MICROS = 600_000_000;

type HostOptions = Parameters<typeof startJetstream>[0];

async function startHost(events: readonly WorldEvent[], options: HostOptions = {}): Promise<JetstreamServer> {
  const server = await startJetstream(options);
  cleanups.push(() => server.close());
  for (const event of events) server.append(event);
  server.settle();
  return server;
}

const events = createWorld(WORLD).events().take(1_400).toArray();
const leftAt = events[BEFORE]?.timeUs ?? 0;
/** The first event that the host of the indexer still has. */
const goneUpTo = events.findIndex(({ timeUs }) => timeUs > leftAt + MISSING_MICROS);

/** Reads the first events, and goes on at a host that has forgotten the ten minutes after them. */
async function tearGap(store: Store, first: JetstreamServer, env: Record<string, string>): Promise<Program> {
  const hosts = { WS_URL: first.url, ...env };
  const before = start(store, { WS_URL: first.url });
  await until(async () => (await before.metric('updraft_indexer_events_total')) === BEFORE);
  await before.stop();
  for (const event of events.slice(BEFORE)) first.append(event);
  first.settle();
  first.setWeather({ floorSeq: first.log.firstSeq + goneUpTo });
  const after = start(store, hosts);
  await after.says('possible gap');
  await until(async () => (await after.metric('updraft_indexer_events_total')) >= events.length - goneUpTo);
  return after;
}

/** What an indexer has that never was away. */
async function readWhole(): Promise<Tables> {
  const store = await stack.createStore('whole');
  const host = await startHost(events);
  const program = start(store, { WS_URL: host.url });
  await until(async () => (await program.metric('updraft_indexer_events_total')) === events.length);
  await program.stop();
  return withSortedKeys(await store.tables());
}

let whole: Tables;
/** A store with the gap, whose indexer has read on and was stopped, and the host that it reads. */
let torn: Store;
let forgetful: JetstreamServer;
beforeAll(async () => {
  whole = await readWhole();
  torn = await stack.createStore('torn');
  forgetful = await startJetstream();
  for (const event of events.slice(0, BEFORE)) forgetful.append(event);
  forgetful.settle();
  await (await tearGap(torn, forgetful, {})).stop();
});
afterAll(() => forgetful.close());

/** Another database with the same rows, for which an indexer goes on with the same cursor. */
async function copyOfTorn(name: string): Promise<Store> {
  const copy = await stack.createStore(name);
  for await (const copied of copyDatabase(copy.clickhouse, torn.clickhouse.database))
    expect(copied.to).toBe(copied.from);
  return { ...copy, env: { ...copy.env, REDIS_PREFIX: torn.env['REDIS_PREFIX'] ?? '' } };
}

async function expectWhole(store: Store): Promise<void> {
  const found = { ...withSortedKeys(await store.tables()), ingest_gaps: [] };
  expect(differences(found, whole).slice(0, 5)).toEqual([]);
}

/** An archive has a record's keys in the order of DAG-CBOR, where this simulated host has them as they were written. */
function withSortedKeys(tables: Tables): Tables {
  const sorted = (text: string): unknown =>
    JSON.parse(text, (_key, value: unknown) =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
        : value,
    );
  const rows = (tables['repo_records'] ?? []).map((row) => {
    const { record_json: json, ...rest } = row as Record<string, unknown>;
    return { ...rest, record_json: typeof json === 'string' && json !== '' ? sorted(json) : json };
  });
  return { ...tables, repo_records: rows };
}

const healed = (store: Store) =>
  selectRows<{ source: string; num_events: string }>(
    store.clickhouse,
    'SELECT source, num_events FROM healed_gaps FINAL',
  );

async function admin(store: Store, args: readonly string[], env: Record<string, string> = {}): Promise<string> {
  const lines: string[] = [];
  const note = (line: string): void => void lines.push(line);
  await runCommand('pnpm admin', addGapsCommand, args, { env: { ...store.env, ...env }, out: note, note });
  return lines.join('\n');
}

describe('a gap of ten minutes', () => {
  test('heals by itself from another host: nothing is missing, and reading on changes nothing', async () => {
    const store = await stack.createStore('from_host');
    const first = await startHost(events.slice(0, BEFORE));
    const second = await startHost(events, { v2: { rowsPerBlock: 128 } });
    const program = await tearGap(store, first, { WS_URL: `${first.url},${second.url}` });
    await program.says('a gap is healed');
    await until(async () => (await program.metric('updraft_indexer_open_gaps')) === 0);
    expect(await program.metric('updraft_indexer_healed_gaps_total')).toBe(1);
    await program.stop();
    const [row] = await healed(store);
    expect(row?.source).toContain(second.url);
    expect(Number(row?.num_events)).toBeGreaterThanOrEqual(goneUpTo - BEFORE);
    await expectWhole(store);
    const tables = await store.tables();
    const [gap] = await selectRows<{ gap_id: string }>(store.clickhouse, 'SELECT gap_id FROM ingest_gaps FINAL');
    const env = { WS_URL: second.v2Url, JETSTREAM_ARCHIVE_URL: 'http://127.0.0.1:1' }; // nobody listens
    expect(await admin(store, ['gaps', 'heal', gap?.gap_id ?? ''], env)).toMatch(/healed, \d{3,} events from ws/);
    expect(differences(withSortedKeys(await store.tables()), withSortedKeys(tables))).toEqual([]);
  });

  test('whose healing is killed half-way goes on where it was', async () => {
    const store = await copyOfTorn('killed');
    const slow = await startHost(events, { readerRate: 100 });
    const env = { WS_URL: `${forgetful.url},${slow.url}` };
    const program = start(store, env);
    await until(async () => (await store.count('job_progress', "startsWith(name, 'gap:')")) === 1);
    await program.kill();
    expect(await healed(store)).toEqual([]);
    const again = start(store, env);
    await again.says('a gap is healed');
    expect(again.output()).toMatch(/"from":\d{16},/);
    await again.stop();
    await expectWhole(store);
  });

  test('stays open, and says why, while the archive does not reach its end; then it heals from there', async () => {
    const store = await copyOfTorn('from_archive');
    const archive = await startHost(events.slice(0, BEFORE + 100), { v2: { rowsPerBlock: 64, blocksPerSegment: 2 } });
    await archive.archive?.settled();
    const env = { WS_URL: forgetful.url, JETSTREAM_ARCHIVE_URL: archive.v2Url };
    const program = start(store, env);
    await program.says('a gap stays open');
    expect(program.output()).toContain('before the end of the gap');
    expect(await program.metric('updraft_indexer_open_gaps')).toBe(1);
    await program.stop();
    expect(await admin(store, ['gaps', '--json'])).toContain('"state":"open"');

    for (const event of events.slice(BEFORE + 100)) archive.append(event);
    archive.settle();
    await archive.archive?.seal();
    const again = start(store, env);
    await again.says('a gap is healed');
    await again.stop();
    expect(await healed(store)).toMatchObject([{ source: expect.stringContaining('archive') }]);
    expect(await admin(store, ['gaps', '--json'])).toContain('"state":"healed"');
    await expectWhole(store);
  });

  test('is healed by hand from a folder of segments, and not from one that lacks a segment', async () => {
    const store = await copyOfTorn('from_folder');
    const archive = await startHost(events, { v2: { rowsPerBlock: 64, blocksPerSegment: 2 } });
    await archive.archive?.seal();
    const [complete, lacking] = [await folder(archive), await folder(archive)];
    const names = (await readdir(lacking)).toSorted();
    await rm(join(lacking, names[Math.floor((names.length * (BEFORE + 100)) / events.length)] ?? ''));
    expect(await admin(store, ['gaps', 'heal', '--all', '--folder', lacking])).toContain('it lacks the segment');
    expect(await healed(store)).toEqual([]);
    expect(await admin(store, ['gaps', 'heal', '--all', '--folder', complete])).toContain('healed');
    await expectWhole(store);
  });

  test('that no other host has any more stays open, the command says why, and it can be accepted', async () => {
    const second = await startHost(events);
    second.setWeather({ floorSeq: second.log.firstSeq + BEFORE + 50 });
    const said = await admin(torn, ['gaps', 'heal', '--all'], { WS_URL: `${forgetful.url},${second.url}` });
    expect(said).toContain('after the start of the gap');
    expect(said).toContain('1 of 1 gaps stay open');
    expect(await healed(torn)).toEqual([]);
    const [gap] = await selectRows<{ gap_id: string }>(torn.clickhouse, 'SELECT gap_id FROM open_gaps');
    expect(await admin(torn, ['gaps', 'accept', gap?.gap_id.slice(0, 8) ?? ''])).toContain('accepted as missing');
    expect(await selectRows(torn.clickhouse, 'SELECT gap_id FROM open_gaps')).toEqual([]);
  });
});

describe('in a network of five accounts, with an event every ten minutes,', () => {
  const few = createWorld({ ...WORLD, accounts: 5, eventsPerDay: 150 })
    .events()
    .take(150)
    .toArray();
  const timeOf = (nth: number): number => few[nth]?.timeUs ?? 0;

  async function readStretch(address: string, from: number, to: number): Promise<number> {
    let taken = 0;
    const read = hostSource(address, { idleTimeoutMs: 300 }).read(
      {
        fromMicros: from - 120_000_000,
        toMicros: to + 120_000_000,
        startMicros: from,
        mark: undefined,
        writer: createEventWriter({ write: async () => {}, erased: { has: () => (taken += 1) < 0 } }),
        proceed: async () => {},
        reached: () => {},
      },
      new AbortController().signal,
    );
    await read;
    return taken;
  }

  test('a gap is read from a host, once an event shows that its end is past', async () => {
    const host = await startHost(few, { v2: {} });
    for (const address of [host.url, host.v2Url]) {
      expect(await readStretch(address, timeOf(20) - 300_000_000, timeOf(30))).toBeGreaterThanOrEqual(11);
      expect(await readStretch(address, timeOf(140), timeOf(147))).toBeGreaterThanOrEqual(8);
      await expect(readStretch(address, timeOf(140), timeOf(149))).rejects.toThrow('past the end of the gap');
    }
  });

  test('and not from one that begins after its start', async () => {
    const host = await startHost(few, { v2: {} });
    host.setWeather({ floorSeq: host.log.firstSeq + 25 });
    for (const address of [host.url, host.v2Url])
      await expect(readStretch(address, timeOf(20), timeOf(30))).rejects.toThrow(
        /after the start of the gap|no longer has/,
      );
  });
});

async function folder(server: JetstreamServer): Promise<string> {
  const path = await mkdtemp(join(stack.directory, 'segments-'));
  await server.archive?.writeTo(path);
  return path;
}
