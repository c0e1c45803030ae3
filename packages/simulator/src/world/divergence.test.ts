import { describe, expect, test } from 'vitest';
import { createGroundTruth } from '../truth/truth.ts';
import { createAccounts } from './accounts.ts';
import { createDivergence, DIVERGENCE_CASES, type DivergenceCase } from './divergence.ts';
import { eventLine, type WorldEvent } from './event.ts';
import { post } from './posting.ts';
import { createState } from './state.ts';
import { createWorld } from './world.ts';

interface Parsed {
  readonly did: string;
  readonly kind: string;
  readonly only?: string;
  readonly commit?: { rev: string; operation: string; collection: string; rkey: string; cid?: string; record?: object };
  readonly sync?: { rev: string; seq: number; time: string };
}

function eventsOf(cases: readonly DivergenceCase[], count = 20_000, divergence = 0.5): WorldEvent[] {
  const options = { seed: 5, accounts: 120, eventsPerDay: 60_000, divergence, divergenceCases: cases };
  const events = createWorld(options).events();
  return Array.from({ length: count }, () => events.next().value);
}

const parse = (event: WorldEvent): Parsed => ({
  ...(JSON.parse(eventLine(event)) as Parsed),
  ...(event.only && { only: event.only }),
});

/** The events of each account that had a `#sync`, from its first one on. */
function replacements(cases: readonly DivergenceCase[]): Parsed[][] {
  const byDid = new Map<string, Parsed[]>();
  for (const event of eventsOf(cases).map(parse)) {
    const list = byDid.get(event.did) ?? (event.kind === 'sync' ? [] : undefined);
    if (list !== undefined) byDid.set(event.did, [...list, event]);
  }
  return [...byDid.values()];
}

const isRow = (event: Parsed | undefined) => event?.only === 'v2' && event.kind === 'commit';
/** A letter for each event: S a sync, r a replacement row, c an ordinary commit, a an event of the account. */
const shapeOf = (events: readonly Parsed[]) =>
  events
    .map((event) => (event.kind === 'sync' ? 'S' : isRow(event) ? 'r' : event.kind === 'commit' ? 'c' : 'a'))
    .join('');

describe('a repository that diverges', () => {
  test('is replaced by a #sync of the relay and a create for each of its records, at one rev that is not older', () => {
    for (const events of replacements(['announced'])) {
      expect(shapeOf(events)).toMatch(/^(Sr+[ca]*)+(Sr*)?$/);
      const [sync, first] = events;
      const end = events.findIndex((event, i) => i > 0 && !isRow(event));
      const rows = events.slice(1, end === -1 ? undefined : end);
      expect(sync?.sync?.seq).toBeGreaterThan(0);
      expect(new Set(rows.map(({ commit }) => commit?.rev)).size).toBe(1);
      expect((first?.commit?.rev ?? '') >= (sync?.sync?.rev ?? 'z')).toBe(true);
      expect(new Set(rows.map(({ commit }) => commit?.operation))).toEqual(new Set(['create']));
      const paths = rows.map(({ commit }) => `${commit?.collection}/${commit?.rkey}`);
      expect(new Set(paths).size).toBe(paths.length);
    }
  });

  test('differs from what the stream told: records are missing, added and changed, and others are repeated with their CIDs', () => {
    const told = new Map<string, Map<string, string>>();
    const seen = { missing: 0, added: 0, changed: 0, same: 0 };
    const events = eventsOf(['announced']).map(parse);
    for (const [i, { did, kind, commit }] of events.entries()) {
      const paths = told.get(did) ?? new Map<string, string>();
      told.set(did, paths);
      if (commit?.cid === undefined) paths.delete(`${commit?.collection}/${commit?.rkey}`);
      else paths.set(`${commit.collection}/${commit.rkey}`, commit.cid);
      if (kind !== 'sync') continue;
      const rows = events.slice(i + 1, i + 1 + events.slice(i + 1).findIndex((event) => !isRow(event)));
      const cids = new Map(rows.map((row) => [`${row.commit?.collection}/${row.commit?.rkey}`, row.commit?.cid]));
      for (const [path, cid] of paths) {
        if (!cids.has(path)) seen.missing += 1;
        else if (cids.get(path) === cid) seen.same += 1;
        else seen.changed += 1;
      }
      seen.added += [...cids.keys()].filter((path) => !paths.has(path)).length;
      paths.clear();
    }
    for (const count of Object.values(seen)) expect(count).toBeGreaterThan(20);
  });

  test.each<[DivergenceCase, string, RegExp, number]>([
    ['emptied', 'may be empty: no row follows the #sync', /^S(?!r)/, 0.9],
    ['chainBreak', 'may be noticed by the server, which then sends the commits that it held back', /^Sr+cc/, 0.9],
    ['crash', 'may be sent half, and again as a whole after live commits', /^Sr+[ca]*c[ca]*Sr+/, 0.5],
    ['overlap', 'may diverge again while it is sent', /^Sr+Sr+/, 0.9],
    ['retry', 'may be fetched again, in batches with live commits between them', /^Sr{16}cr+/, 0.1],
  ])('%s: %s', (name, _, shape, share) => {
    const shapes = replacements([name]).map(shapeOf);
    expect(shapes.filter((each) => shape.test(each)).length).toBeGreaterThan(shapes.length * share);
  });

  test('has a #sync without number and time where the server made it', () => {
    for (const name of ['chainBreak', 'retry'] as const)
      expect(replacements([name])[0]?.[0]?.sync).toMatchObject({ seq: 0, time: '' });
  });

  test('is retried at a rev that is older than what the stream told before', () => {
    const last = new Map<string, string>();
    let older = 0;
    for (const { did, commit, sync } of eventsOf(['retry']).map(parse)) {
      if (sync !== undefined && sync.rev < (last.get(did) ?? '')) older += 1;
      if (commit !== undefined) last.set(did, commit.rev);
    }
    expect(older).toBeGreaterThan(10);
  });
});

describe('a world in which repositories diverge', () => {
  test('is the same for the same seed', () => {
    expect(eventsOf(DIVERGENCE_CASES, 5_000)).toEqual(eventsOf(DIVERGENCE_CASES, 5_000));
  });

  test('ends in the truth that a fold by seq gives: a record lives when its last operation is a write after the last #sync', () => {
    const events = eventsOf(DIVERGENCE_CASES, 20_000, 1);
    const syncs = new Map<string, number>();
    const last = new Map<string, { seq: number; did: string; operation: string; record: unknown }>();
    for (const [seq, event] of events.entries()) {
      const { did, kind, commit } = parse(event);
      if (kind === 'sync') syncs.set(did, seq);
      if (commit === undefined) continue;
      const { operation, record } = commit;
      last.set(`at://${did}/${commit.collection}/${commit.rkey}`, { seq, did, operation, record });
    }
    const live = [...last].filter(
      ([, { seq, did, operation }]) => operation !== 'delete' && seq > (syncs.get(did) ?? -1),
    );
    const truth = createGroundTruth();
    for (const [seq, event] of [...events.entries(), ...events.entries().take(10_000)])
      truth.add(eventLine(event), event.nth, seq);
    const shown = [...truth.records].filter(([, { commit }]) => commit.operation !== 'delete');
    expect(new Map(shown.map(([uri, { commit }]) => [uri, commit.record]))).toEqual(
      new Map(live.map(([uri, { record }]) => [uri, record])),
    );
    expect(syncs.size).toBeGreaterThan(30);
  });
});

describe('the truth by rev', () => {
  test('is what the accounts have themselves, also where a retry made the truth by seq forget newer commits', () => {
    const state = createState(5, createAccounts(5, 60), 1_795_176_000_000_000);
    const divergence = createDivergence(state, { divergence: 1, divergenceCases: DIVERGENCE_CASES });
    const byRev = createGroundTruth();
    const bySeq = createGroundTruth();
    let seq = 0;
    const add = (event: WorldEvent) => {
      byRev.add(eventLine(event), event.nth);
      bySeq.add(eventLine(event), event.nth, ++seq);
    };
    for (let step = 0; step < 5_000; step++) {
      state.clock += 500_000;
      const event = post(state);
      divergence.observe(event);
      add(event);
      for (const told of divergence.play()) add(told);
    }
    const keysOf = (truth: typeof byRev, did: string) =>
      [...truth.records]
        .filter(([uri, record]) => uri.startsWith(`at://${did}/`) && truth.shows(record))
        .map(([uri, { commit }]) => `${uri} ${JSON.stringify(commit.record)}`)
        .toSorted();
    let forgetful = 0;
    for (const [did, repository] of divergence.settled()) {
      const own = [...repository].map(
        ([path, { record }]) => `at://${did}/${path} ${JSON.stringify(JSON.parse(record))}`,
      );
      expect(keysOf(byRev, did)).toEqual(own.toSorted());
      if (keysOf(bySeq, did).join() !== own.toSorted().join()) forgetful += 1;
    }
    expect(forgetful).toBeGreaterThan(0);
    expect(forgetful).toBeLessThan(divergence.settled().size / 2);
  });
});
