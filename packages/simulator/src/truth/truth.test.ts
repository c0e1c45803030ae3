import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { eventLine, type WorldEvent } from '../world/event.ts';
import { createTidWriter } from '../world/tid-text.ts';
import { createWorld } from '../world/world.ts';
import { TOP, WHATS_HOT } from './rankings.ts';
import { TABLE_KEYS, type TrueTable } from './tables.ts';
import { createGroundTruth, type GroundTruth } from './truth.ts';

const NOW_MS = Date.UTC(2026, 10, 20, 12);
const tid = createTidWriter();
const DIDS = Array.from(
  { length: 30 },
  (_, i) => `did:plc:${'abcdefghij'.charAt(i % 10).repeat(20)}${String(i).padStart(4, 'z')}`,
);
const did = (account: number) => DIDS[account] ?? '';
const rkeyAt = (ms: number) => tid(ms * 1_000, 1);

let lastRev = 0;
function commit(
  account: number,
  operation: string,
  collection: string,
  rkey: string,
  record?: object,
  revMs = NOW_MS + ++lastRev,
): string {
  return JSON.stringify({
    did: did(account),
    time_us: NOW_MS * 1_000,
    kind: 'commit',
    commit: {
      rev: tid(revMs * 1_000, 0),
      operation,
      collection: `app.bsky.${collection}`,
      rkey,
      ...(record && { record, cid: 'bafy' }),
    },
  });
}

function accountEvent(number: number, active: boolean, status: string | undefined, ms = NOW_MS + ++lastRev): string {
  return JSON.stringify({
    did: did(number),
    time_us: 1,
    kind: 'account',
    account: { active, did: did(number), seq: 1, ...(status && { status }), time: new Date(ms).toISOString() },
  });
}

const post = (author: number, rkey: string, more: object = {}) =>
  commit(author, 'create', 'feed.post', rkey, { text: 'x', ...more });
const postUri = (author: number, rkey: string) => `at://${did(author)}/app.bsky.feed.post/${rkey}`;
const like = (actor: number, uri: string, rkey = rkeyAt(NOW_MS - 60_000 + actor)) =>
  commit(actor, 'create', 'feed.like', rkey, { subject: { uri, cid: 'bafy' } });

function truthOf(...lines: string[]): GroundTruth {
  const truth = createGroundTruth();
  for (const line of lines) truth.add(line);
  return truth;
}

const rowsOf = (truth: GroundTruth, table: TrueTable) => [...truth.rows(table)];

describe('a record', () => {
  test('is what its last operation made of it, in whatever order they come', () => {
    const rkey = rkeyAt(NOW_MS);
    const uri = postUri(9, rkeyAt(NOW_MS));
    const lines = [
      like(1, uri, rkey),
      commit(1, 'delete', 'feed.like', rkey),
      commit(1, 'create', 'feed.like', rkey, { subject: { uri: 'at://did:web:a.example', cid: 'b' } }),
    ];
    for (const order of [
      [0, 1, 2],
      [2, 1, 0],
      [1, 2, 0, 1, 1],
    ]) {
      const truth = truthOf(...order.map((index) => lines[index] ?? ''));
      expect(rowsOf(truth, 'likes')).toMatchObject([{ subject_uri: 'at://did:web:a.example' }]);
      expect(truth.operationCounts()).toEqual(
        new Map([
          ['app.bsky.feed.like create', 2],
          ['app.bsky.feed.like delete', 1],
        ]),
      );
    }
    expect(rowsOf(truthOf(...lines.slice(0, 2)), 'likes')).toEqual([]);
  });

  test('that one commit touches several times is what the last of it made, in whatever order and number the frames come', () => {
    const [at, rkey] = [NOW_MS + 5, rkeyAt(NOW_MS)];
    const gone = commit(1, 'delete', 'feed.post', rkey, undefined, at);
    const made = commit(1, 'create', 'feed.post', rkey, { text: 'x' }, at);
    const textsOf = (...sent: [string, number][]) => {
      const truth = createGroundTruth();
      for (const [line, nth] of sent) truth.add(line, nth);
      return rowsOf(truth, 'posts').map(({ text }) => text);
    };
    expect(textsOf([gone, 0], [made, 1])).toEqual(['x']);
    expect(textsOf([made, 1], [gone, 0], [made, 1], [gone, 0])).toEqual(['x']);
    expect(textsOf([made, 0], [gone, 1])).toEqual([]);
    expect(textsOf([gone, 1], [made, 0])).toEqual([]);
    expect(textsOf([made, 2], [made, 0], [gone, 1])).toEqual(['x']);
  });

  test('keeps its raw row when its type can make nothing of it', () => {
    const truth = truthOf(
      like(1, postUri(2, rkeyAt(NOW_MS)), 'k'),
      commit(1, 'update', 'feed.like', 'k', { subject: 'nonsense' }),
    );
    expect(rowsOf(truth, 'likes')).toEqual([]);
    expect(rowsOf(truth, 'repo_records')).toMatchObject([
      { operation: 'update', record_json: '{"subject":"nonsense"}' },
    ]);
  });

  test('is stored without the cids of references, with everything else, its keys sorted', () => {
    const record = {
      cid: 'keep',
      a: [{ uri: 'at://x', cid: 'drop', z: 1 }],
      blob: { ref: { $link: 'b' } },
      b: { uri: 'https://x', cid: 'keep' },
    };
    const [row] = rowsOf(truthOf(commit(1, 'create', 'feed.other', 'k', record)), 'repo_records');
    expect(row?.record_json).toBe(
      '{"a":[{"uri":"at://x","z":1}],"b":{"cid":"keep","uri":"https://x"},"blob":{"ref":{"$link":"b"}},"cid":"keep"}',
    );
  });
});

describe('an account', () => {
  const [rkey, viewer] = [rkeyAt(NOW_MS - 3_600_000), 5];
  const uri = postUri(1, rkey);

  test('that is inactive hides its likes, and shows them again when it comes back', () => {
    const lines = [post(1, rkey), like(viewer, uri)];
    expect(truthOf(...lines).likeCounts()).toEqual(new Map([[uri, 1]]));
    lines.push(accountEvent(viewer, false, 'deactivated'));
    expect(truthOf(...lines).likeCounts()).toEqual(new Map());
    lines.push(accountEvent(viewer, true, undefined));
    expect(truthOf(...lines).likeCounts()).toEqual(new Map([[uri, 1]]));
  });

  test('that was deleted shows only what is newer than its deletion when it comes back', () => {
    const before = like(viewer, uri, rkeyAt(NOW_MS));
    const deletion = accountEvent(viewer, false, 'deleted');
    const lines = [post(1, rkey), before, deletion, accountEvent(viewer, true, undefined)];
    expect(truthOf(...lines).likeCounts()).toEqual(new Map());
    const other = postUri(2, rkey);
    lines.push(
      like(viewer, other, rkeyAt(NOW_MS + 1)),
      accountEvent(viewer, false, 'takendown'),
      accountEvent(viewer, true, undefined),
    );
    expect(truthOf(...lines.toReversed()).likeCounts()).toEqual(new Map([[other, 1]]));
  });
});

test('one account has one like of a post, however many records it made', () => {
  const rkey = rkeyAt(NOW_MS - 3_600_000);
  const truth = truthOf(...[1, 2, 3].map((n) => like(7, postUri(1, rkey), rkeyAt(NOW_MS - n))));
  expect(truth.likeCounts()).toEqual(new Map([[postUri(1, rkey), 1]]));
  expect(rowsOf(truth, 'likes')).toHaveLength(3);
});

describe('a ranking', () => {
  const liked = (author: number, ageMs: number, likes: number, more: object = {}) => {
    const rkey = rkeyAt(NOW_MS - ageMs);
    return [
      post(author, rkey, more),
      ...Array.from({ length: likes }, (_, i) =>
        like(i, postUri(author, rkey), rkeyAt(NOW_MS - ageMs + 1 + author * 100 + i)),
      ),
    ];
  };
  const HOUR = 3_600_000;
  const lines = [
    ...liked(20, 2 * HOUR, 17),
    ...liked(21, 10 * HOUR, 25),
    ...liked(22, 2 * HOUR, 14),
    ...liked(23, 25 * HOUR, 29),
    ...liked(24, 60_000, 29),
    ...liked(25, HOUR, 29, { reply: { parent: { uri: postUri(20, rkeyAt(NOW_MS)) }, root: {} } }),
    ...liked(26, HOUR, 16, { createdAt: new Date(NOW_MS - 100 * HOUR).toISOString() }),
  ];
  const authors = (list: readonly { uri: string }[]) =>
    list.map(({ uri }) => DIDS.findIndex((candidate) => uri.includes(candidate)));

  test('of hot posts is by likes and age, without replies, the too young, the too old and the backdated', () => {
    const ranked = truthOf(...lines).ranking({ ...WHATS_HOT, asOfMs: NOW_MS });
    expect(authors(ranked)).toEqual([20, 21]);
    expect(ranked[0]?.score).toBeCloseTo(16 / 4 ** 1.8, 10);
    expect(ranked[1]?.score).toBeCloseTo(24 / 12 ** 1.8, 10);
  });

  test('of top posts is by likes, then the newer first', () => {
    expect(authors(truthOf(...lines).ranking({ ...TOP, windowHours: 24, asOfMs: NOW_MS }))).toEqual([
      24, 25, 21, 20, 22,
    ]);
    expect(authors(truthOf(...lines).ranking({ ...TOP, windowHours: 24, asOfMs: NOW_MS, size: 1 }))).toEqual([24]);
  });

  test('changes when likes are taken back', () => {
    const rkey = rkeyAt(NOW_MS - 2 * HOUR + 1 + 2_000);
    const truth = truthOf(...lines, commit(0, 'delete', 'feed.like', rkey), commit(0, 'delete', 'feed.like', rkey));
    expect(truth.ranking({ ...WHATS_HOT, asOfMs: NOW_MS })[0]?.likes).toBe(16);
  });
});

test('statistics count by the day in the rkey, each like, follow and block once', () => {
  const [today, yesterday] = [rkeyAt(NOW_MS), rkeyAt(NOW_MS - 86_400_000)];
  const truth = truthOf(
    post(1, today),
    post(1, yesterday),
    like(2, postUri(1, today), today),
    like(2, postUri(1, today), rkeyAt(NOW_MS + 1)),
    like(3, postUri(1, today), yesterday),
    commit(2, 'create', 'graph.follow', today, { subject: did(1) }),
    commit(3, 'create', 'graph.follow', yesterday, { subject: did(1) }),
    commit(3, 'create', 'graph.block', today, { subject: did(2) }),
  );
  const none = {
    num_likes: 0,
    num_likers: 0,
    num_posts: 0,
    num_posters: 0,
    num_follows: 0,
    num_followers: 0,
    num_blocks: 0,
    num_blockers: 0,
  };
  expect(truth.dailyStats()).toEqual([
    {
      ...none,
      date: '2026-11-19',
      num_likes: 1,
      num_likers: 1,
      num_posts: 1,
      num_posters: 1,
      num_follows: 1,
      num_followers: 1,
    },
    {
      date: '2026-11-20',
      num_likes: 1,
      num_likers: 1,
      num_posts: 1,
      num_posters: 1,
      num_follows: 1,
      num_followers: 1,
      num_blocks: 1,
      num_blockers: 1,
    },
  ]);
  expect(truth.followerCounts()).toEqual(new Map([[did(1), 2]]));
});

test('the order of the events and the number of their copies change nothing', () => {
  const source = createWorld({ seed: 5, accounts: 40, hostile: 1, eventsPerDay: 1_500 }).events();
  const events = Array.from({ length: 1_500 }, () => source.next().value);
  const foldOf = (list: readonly WorldEvent[]) => {
    const truth = createGroundTruth();
    for (const event of list) truth.add(eventLine(event), event.nth);
    return truth;
  };
  const summary = (truth: GroundTruth) => ({
    rows: (Object.keys(TABLE_KEYS) as TrueTable[]).map((table) =>
      rowsOf(truth, table)
        .map((row) => Object.values(row).join(' '))
        .toSorted(),
    ),
    rejected: [...truth.rejectedByReason()].map(String).toSorted(),
    operations: [...truth.operationCounts()].map(String).toSorted(),
    days: truth.dailyStats(),
  });
  const expected = summary(foldOf(events));
  expect(events.some(({ nth }) => nth > 0)).toBe(true);
  fc.assert(
    fc.property(fc.shuffledSubarray(events, { minLength: events.length }), fc.subarray(events), (shuffled, again) => {
      expect(summary(foldOf([...shuffled, ...again]))).toEqual(expected);
    }),
    { numRuns: 5 },
  );
});
