import { hash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { eventLine } from './event.ts';
import { createWorld, type WorldOptions } from './world.ts';

const OPTIONS: Partial<WorldOptions> = { seed: 7, accounts: 500, eventsPerDay: 30_000 };

function lines(count: number, change: Partial<WorldOptions> = {}): string[] {
  const events = createWorld({ ...OPTIONS, ...change }).events();
  return Array.from({ length: count }, () => eventLine(events.next().value));
}

interface Parsed {
  did: string;
  time_us: number;
  kind: string;
  commit?: {
    rev: string;
    operation: string;
    collection: string;
    rkey: string;
    record?: { subject?: { uri?: string } };
  };
  account?: { active: boolean; status?: string };
  identity?: { handle?: string };
}

const parsed = lines(30_000).map((line) => JSON.parse(line) as Parsed);
const commits = parsed.flatMap(({ did, commit }) => (commit ? [{ did, ...commit }] : []));

describe('a world', () => {
  test('is the same for the same seed, hostile or not, also when it is read twice', () => {
    expect(lines(3_000)).toEqual(lines(3_000));
    expect(lines(3_000, { hostile: 1 })).toEqual(lines(3_000, { hostile: 1 }));
    const world = createWorld(OPTIONS);
    expect(eventLine(world.events().next().value)).toBe(eventLine(world.events().next().value));
  });

  test.each([
    [0, '3ca5a93b4b5dd02f18878cb998cb745cf2f520df2f89ac0d5d1c5651e55dd0da'],
    [1, '5d02b2711dc491551f6bb2a1715aa23c0d4bbd07a0f9abdbfd3ab8973ac30925'],
  ])('is for ever the same: hostile %i', (hostile, digest) => {
    expect(hash('sha256', lines(5_000, { hostile }).join('\n'))).toBe(digest);
  });

  test('is another for another seed', () => {
    expect(lines(10, { seed: 8 })).not.toEqual(lines(10));
  });

  test.each([0, 1])('has revs that rise strictly from commit to commit of each repository (hostile %i)', (hostile) => {
    const last = new Map<string, string>();
    const events = createWorld({ ...OPTIONS, hostile }).events();
    for (const event of Array.from({ length: 20_000 }, () => events.next().value)) {
      const line = eventLine(event);
      const match = /^\{"did":"([^"]+)","time_us":\d+,"kind":"commit","commit":\{"rev":"([2-7a-z]{13})"/.exec(line);
      const [, did = '', rev = ''] = match ?? [];
      // Spoilt revs are left out; a valid one never goes back.
      if (did === '' || /"rev":"(3mptbypluud2a|zzz)/.test(line)) continue;
      const before = last.get(did) ?? '';
      expect(event.nth > 0 ? rev === before : rev > before, `${did} ${rev} after ${before}`).toBe(true);
      last.set(did, rev);
    }
    expect(last.size).toBeGreaterThan(100);
  });

  test('consists mostly of likes, then posts, reposts and follows, as the network does', () => {
    const share = (collection: string) =>
      commits.filter((commit) => commit.collection === collection).length / parsed.length;
    expect(share('app.bsky.feed.like')).toBeCloseTo(0.69, 1);
    expect(share('app.bsky.feed.post')).toBeCloseTo(0.12, 1);
    expect(share('app.bsky.feed.repost')).toBeCloseTo(0.1, 1);
    expect(share('app.bsky.graph.follow')).toBeCloseTo(0.045, 2);
  });

  test('has inversions of time_us, of milliseconds only', () => {
    const steps = parsed.slice(1).map(({ time_us }, i) => time_us - (parsed[i]?.time_us ?? 0));
    expect(Math.min(...steps)).toBeGreaterThan(-100_000);
    const dense = lines(2_000, { eventsPerDay: 40_000_000 }).map((line) => (JSON.parse(line) as Parsed).time_us);
    expect(dense.filter((time, i) => time < (dense[i - 1] ?? 0)).length).toBeGreaterThan(400);
  });

  test('has deletes, edits, records made again, accounts that go in every way and come back, and handles that change', () => {
    const deleted = new Set<string>();
    let again = 0;
    for (const { did, operation, collection, rkey } of commits) {
      if (operation === 'delete') deleted.add(`${did}/${collection}/${rkey}`);
      if (operation === 'create' && deleted.has(`${did}/${collection}/${rkey}`)) again += 1;
    }
    expect(deleted.size).toBeGreaterThan(500);
    expect(again).toBeGreaterThan(20);
    expect(
      commits.filter(({ operation, collection }) => operation === 'update' && collection === 'app.bsky.feed.post')
        .length,
    ).toBeGreaterThan(20);
    const statuses = new Set(parsed.flatMap(({ account }) => (account && !account.active ? [account.status] : [])));
    expect([...statuses]).toEqual(expect.arrayContaining(['deactivated', 'deleted', 'takendown', 'suspended']));
    expect(parsed.filter(({ account }) => account?.active).length).toBeGreaterThan(10);
    expect(
      parsed.filter(({ kind, identity }) => kind === 'identity' && identity?.handle === undefined).length,
    ).toBeGreaterThan(10);
  });

  test('has commits that touch a key several times, of which what they leave and every delete is sent', () => {
    const events = createWorld({ ...OPTIONS, eventsPerDay: 60_000 }).events();
    const seen = new Set<string>();
    for (let left = 40_000, current: string[] = [], at = ''; left > 0; left--) {
      const event = events.next().value;
      const { commit } = JSON.parse(eventLine(event)) as Parsed;
      if (event.nth === 0) current = [];
      if (commit === undefined) continue;
      const key = `${event.did} ${commit.rev} ${commit.collection} ${commit.rkey}`;
      if (event.nth > 0) expect(key).toBe(at);
      at = key;
      current.push(commit.operation);
      seen.add(current.join(' '));
    }
    expect([...seen].toSorted()).toEqual([
      'create',
      'create delete',
      'create delete create',
      'delete',
      'delete create',
      'delete delete',
      'update',
    ]);
  });

  test('has popular posts, and accounts that like one twice', () => {
    const likes = new Map<string, string[]>();
    for (const { did, operation, collection, record } of commits) {
      if (collection !== 'app.bsky.feed.like' || operation !== 'create') continue;
      const uri = record?.subject?.uri ?? '';
      likes.set(uri, [...(likes.get(uri) ?? []), did]);
    }
    const counts = [...likes.values()].map((dids) => dids.length);
    expect(Math.max(...counts)).toBeGreaterThan(50);
    expect([...likes.values()].some((dids) => new Set(dids).size < dids.length)).toBe(true);
  });

  test('keeps its times within its history and ends it at the time it was given', () => {
    const nowMicros = 1_800_000_000_000_000;
    const times = lines(30_000, { nowMicros }).map((line) => (JSON.parse(line) as Parsed).time_us);
    expect(times[0]).toBeGreaterThan(nowMicros - 24.1 * 3_600e6);
    expect(Math.abs((times.at(-1) ?? 0) - nowMicros)).toBeLessThan(1.5 * 3_600e6);
  });
});

describe('a hostile world', () => {
  const hostile = lines(40_000, { hostile: 1 });

  test.each([
    ['a frame that is no JSON', /^not json/],
    ['an empty frame', /^$/],
    ['an unknown kind', /"kind":"sync"/],
    ['a commit that is null', /"commit":null/],
    ['a NUL in a text', /\\u0000/],
    ['a lone surrogate', /\\ud800/],
    ['createdAt in the year 0', /"createdAt":"0000-/],
    ['createdAt in the year 275760', /"createdAt":"\+?275760-/],
    ['createdAt that is no string', /"createdAt":\d/],
    ['a number that no double holds', /1e400/],
    ['10,000 levels of nesting', /\[{10000}/],
    ['an rkey with ::', /"rkey":"a::b::/],
    ['an rkey of 512 bytes', /"rkey":"[^"]{512}"/],
    ['an rkey of 513 bytes', /"rkey":"[^"]{513}"/],
    ['an invented collection', /"collection":"com\.example\.app\d+\.thing"/],
    ['an unknown operation', /"operation":"upsert"/],
    ['an event time that is none', /"time":"yesterday"/],
    ['a record of a hundred kilobytes', /"text":"(Lorem ipsum 🦋 ){5000}/],
    ['a subject that is a string', /"collection":"app\.bsky\.feed\.like".*"subject":"/],
    ['a missing record', /"operation":"create","collection":"[^"]+","rkey":"[^"]+"\}/],
  ])('has %s', (_, pattern) => {
    expect(hostile.some((line) => pattern.test(line))).toBe(true);
  });

  test('is well-behaved for the most part', () => {
    const calm = lines(5_000, { hostile: 0.1 }).filter((line) =>
      /^\{"did":"did:plc:[a-z2-7]{24}","time_us":\d+,"kind":"(commit|identity|account)"/.test(line),
    );
    expect(calm.length).toBeGreaterThan(4_900);
  });
});
