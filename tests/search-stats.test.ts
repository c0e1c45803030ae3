import { formatTid } from '@updraft/atproto';
import type { GroundTruth, TrueDay } from '@updraft/simulator';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SearchService } from './search/service.ts';
import { accountDeletions, NOW_MICROS, startTrueWorld, type TrueWorld, worldLines } from './search/true-world.ts';

let world: TrueWorld;
let service: SearchService;
let truth: GroundTruth;
beforeAll(async () => {
  world = await startTrueWorld('search_stats');
  ({ service, truth } = world);
}, 240_000);
afterAll(() => world[Symbol.asyncDispose]());

interface Stats {
  readonly total_users: number;
  readonly total_posts: number;
  readonly total_follows: number;
  readonly total_likes: number;
  readonly daily_data: readonly TrueDay[];
}

describe('GET /stats', () => {
  test('gives every number of the ground truth', async () => {
    await expectTrueStats();
  });

  test('gives them after a day was emptied, accounts were deleted and everything was replayed twice', async () => {
    const busy = truth.dailyStats().find(({ date, num_posts }) => date !== '1970-01-01' && num_posts > 50);
    const emptied = busy?.date ?? '';
    const changes = [...deletionsOf(emptied), ...accountDeletions(truth, 3)];
    await world.index('changes', changes);
    await world.index('world', worldLines());
    await world.index('changes', changes);
    const stats = await expectTrueStats();
    const day = stats.daily_data.find(({ date }) => date === emptied);
    expect(Object.values(day ?? {}).filter((value) => value === 0)).toHaveLength(8);
  });

  test('answers 304 to the ETag it gave, and lets it be kept', async () => {
    const first = await service.get('/stats');
    const again = await service.get('/stats', { 'if-none-match': String(first.headers['etag']) });
    expect([200, 304]).toContain(again.status); // 200 when a new report came between
    expect(first.headers['cache-control']).toMatch(/^public, max-age=\d+/);
    const last = await service.get('/stats', { 'if-none-match': '*' });
    expect([last.status, last.text]).toEqual([304, '']);
  });
});

describe('GET /stats/collections', () => {
  test('counts every operation once, whatever was replayed', async () => {
    const expected = truth.operationCounts();
    const operations = [
      ['creates', 'create'],
      ['updates', 'update'],
      ['deletes', 'delete'],
    ] as const;
    const counted = async () => {
      const { days } = (await service.get('/stats/collections')).json() as {
        days: { collections: Record<string, number | string>[] }[];
      };
      const rows = days
        .flatMap(({ collections }) => collections)
        .filter(({ collection }) => collection === 'app.bsky.feed.like');
      return operations.map(([field]) => rows.reduce((sum, row) => sum + Number(row[field]), 0));
    };
    await expect.poll(counted).toEqual(operations.map(([, name]) => expected.get(`app.bsky.feed.like ${name}`) ?? 0));
  });
});

describe('GET /stats/ingest', () => {
  test('says how far the index is and what was rejected, by reason', async () => {
    const ingest = (await service.get('/stats/ingest')).json() as {
      rejected: { reason: string; num_events: number }[];
      streams: { lag_seconds: number }[];
    };
    const rejected = new Map(ingest.rejected.map(({ reason, num_events }) => [reason, num_events]));
    expect(rejected).toEqual(truth.rejectedByReason());
    // this world came from a recorded file, and a file has no lag
    expect(ingest.streams).toEqual([]);
  });
});

/** Waits until the background work has counted all touched days, then compares every number. */
async function expectTrueStats(): Promise<Stats> {
  const days = truth.dailyStats();
  const total = (name: 'num_posts' | 'num_follows' | 'num_likes') => days.reduce((sum, day) => sum + day[name], 0);
  const today = new Date().toISOString().slice(0, 10);
  const expected = {
    total_users: trueUsers(),
    total_posts: total('num_posts'),
    total_follows: total('num_follows'),
    total_likes: total('num_likes'),
    daily_data: days.filter(({ date }) => date > '1970-01-01' && date <= today),
  };
  const counted = async () => {
    const { total_users, total_posts, total_follows, total_likes, daily_data } = (
      await service.get('/stats')
    ).json() as Stats;
    return {
      total_users,
      total_posts,
      total_follows,
      total_likes,
      daily_data: daily_data.filter((day) => Object.values(day).some((value) => Number(value) > 0)),
    };
  };
  await expect.poll(counted).toEqual(expected);
  return (await service.get('/stats')).json();
}

/** Accounts that an event named, but those that are not active now. */
function trueUsers(): number {
  const dids = new Set([...truth.handles.keys(), ...truth.statuses.keys(), ...truth.deletions.keys()]);
  const isActive = (did: string) => {
    const [status, deletion] = [truth.statuses.get(did), truth.deletions.get(did)];
    if (deletion !== undefined && (status === undefined || status.micros <= deletion.micros)) return false;
    return status === undefined || status.active;
  };
  return [...dids].filter(isActive).length;
}

/** Deletes whatever is left of that day. */
function deletionsOf(date: string): string[] {
  const lines: string[] = [];
  for (const { commit } of truth.records.values()) {
    if (commit.operation === 'delete' || dateOfTid(commit.rkey) !== date) continue;
    const micros = NOW_MICROS + 1_000_000_000 + lines.length * 10;
    const { did, collection, rkey } = commit;
    const deletion = { rev: formatTid({ micros, clockId: 7 }), operation: 'delete', collection, rkey };
    lines.push(JSON.stringify({ did, time_us: micros, kind: 'commit', commit: deletion }));
  }
  return lines;
}

function dateOfTid(rkey: string): string {
  if (!/^[2-7ab][2-7a-z]{12}$/.test(rkey)) return '1970-01-01';
  let value = 0n;
  for (const character of rkey) value = value * 32n + BigInt('234567abcdefghijklmnopqrstuvwxyz'.indexOf(character));
  return new Date(Number((value >> 10n) / 1000n)).toISOString().slice(0, 10);
}
