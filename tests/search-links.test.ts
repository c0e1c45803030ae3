import { formatTid } from '@updraft/atproto';
import type { GroundTruth } from '@updraft/simulator';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { linksThatShow, type TrueLink } from './search/true-links.ts';
import { accountDeletions, NOW_MICROS, startTrueWorld, type TrueWorld } from './search/true-world.ts';

let world: TrueWorld;
beforeAll(async () => {
  world = await startTrueWorld('search_links', (truth) => [
    ...accountDeletions(truth, 3),
    ...returnOf(truth, 1),
    ...likedTwice(truth),
  ]);
}, 240_000);
afterAll(() => world[Symbol.asyncDispose]());

interface Page {
  readonly linking_records: readonly { uri: string; did: string; created_at: string | null }[];
  readonly cursor?: string;
}
type Counts = Readonly<Record<string, { records: number; distinct_dids: number }>>;

describe('GET /links/count and GET /links', () => {
  test('give what links to each of the most linked targets of every kind, newest first, each once', async () => {
    const links = linksThatShow(world.truth);
    const kinds = Map.groupBy(links, ({ kind }) => kind);
    expect([...kinds.keys()].toSorted()).toEqual([...KINDS].toSorted());
    const checkKind = async (kind: string) => {
      const byTarget = [...Map.groupBy(kinds.get(kind) ?? [], ({ target }) => target)];
      const some = byTarget.filter(([target]) => isTarget(target)).toSorted(([, a], [, b]) => b.length - a.length);
      expect([kind, some.length > 0]).toEqual([kind, true]);
      for (const [target, expected] of [...some.slice(0, 2), ...some.slice(-1)]) await check(kind, target, expected);
    };
    await Promise.all(KINDS.map(checkKind));
  }, 120_000);

  test('give nothing of a target to which all links are gone, or to which none ever led', async () => {
    const showing = new Set(linksThatShow(world.truth).map(({ kind, target }) => `${kind} ${target}`));
    const gone = [...world.truth.records.values()].flatMap(({ commit: { collection, record } }) => {
      const subject = (record as { subject?: { uri?: unknown } } | undefined)?.subject?.uri;
      if (collection !== 'app.bsky.feed.like' || typeof subject !== 'string' || !isTarget(subject)) return [];
      return showing.has(`like ${subject}`) ? [] : [subject];
    });
    expect(gone.length).toBeGreaterThan(0);
    const nowhere = 'at://did:plc:aaaaaaaaaaaaaaaaaaaaaaaa/app.bsky.feed.post/3kqzzzzzzzz2a';
    for (const target of [...gone.slice(0, 3), nowhere]) await check('like', target, []);
  });

  test('follow a like that is taken back, given again, and whose account goes and comes back', async () => {
    const { target, like, status } = someLike(world.truth);
    const steps: [name: string, lines: string[]][] = [
      ['once', [like(1, 'delete', 1), like(1, 'create', 0), like(2, 'create', 0)]],
      ['away', [like(1, 'create', 2), status(false, 3)]],
      ['back', [status(true, 4)]],
    ];
    const seen: number[] = [];
    const look = async () => {
      await check(
        'like',
        target,
        linksThatShow(world.truth).filter((link) => link.kind === 'like' && link.target === target),
      );
      seen.push((await count('like', target))?.records ?? -1);
    };
    await look();
    for (const [name, lines] of steps) {
      await world.index(`like_${name}`, lines);
      await look();
    }
    expect(seen).toEqual([2, 1, 0, 2]);
  }, 60_000);

  test('find for an AppView the posts that link to an address', async () => {
    const links = linksThatShow(world.truth).filter(({ kind }) => kind === 'link');
    const [target = '', expected = []] =
      [...Map.groupBy(links, (link) => link.target)].toSorted(([, a], [, b]) => b.length - a.length)[0] ?? [];
    const { posts } = (await ask(
      `/xrpc/app.bsky.unspecced.searchPostsSkeleton?q=*&limit=100&url=${encodeURIComponent(target)}`,
    )) as { posts: { uri: string }[] };
    const uris = expected.map(({ uri }) => uri);
    expect(posts.length).toBe(Math.min(100, uris.length));
    expect(posts.every(({ uri }) => uris.includes(uri))).toBe(true);
  });

  test('take the names that services for backlinks use', async () => {
    const [target = ''] = world.truth.handles.keys();
    const named = await ask(`/links/count?target=${target}&collection=app.bsky.graph.follow&path=.subject`);
    expect(named).toEqual({ target, links: { follow: await count('follow', target) } });
    const all = (await ask(`/links/count?target=${target}`)) as { links: Counts };
    expect(Object.keys(all.links)).toEqual(['follow', 'block', 'list', 'mention']);
  });

  const POST = 'at://did:plc:aaaaaaaaaaaaaaaaaaaaaaaa/app.bsky.feed.post/3kqzzzzzzzz2a';
  test.each([
    ['/links/count', /^target: the parameter target is needed/],
    ['/links/count?target=x', /^target: expected the at-uri of a record, a DID or a web address/],
    ['/links/count?target=at://alice.example.com/app.bsky.feed.post/3kqzzzzzzzz2a', /^target: expected the DID/],
    ['/links/count?target=at://did:plc:aaaaaaaaaaaaaaaaaaaaaaaa/app.bsky.feed.post', /^target: .*the key of a record/],
    ['/links/count?target=https://localhost/x', /^target: expected an address with a domain/],
    [`/links/count?target=${POST}&kind=follow`, /^kind: no such link leads to this target; like \(/],
    [`/links/count?target=${POST}&kind=love`, /expected one of like, repost/],
    [`/links/count?target=${POST}&path=.subject`, /^path: it needs the collection/],
    [`/links?target=${POST}`, /^kind: expected one of like, repost, quote, reply, thread/],
    [`/links?target=${POST}&kind=like&limit=0`, /limit/],
    [`/links?target=${POST}&kind=like&cursor=bm8`, /^cursor: expected one that a page gave/],
    ['/links?target=did:plc:aaaaaaaaaaaaaaaaaaaaaaaa&kind=block', /^kind: blocks are counted, not listed/],
  ])('refuse %s', async (path, message) => {
    const answer = await world.service.get(path);
    expect(answer.json()).toMatchObject({ error: 'InvalidRequest', message: expect.stringMatching(message) as string });
    expect(answer.status).toBe(400);
  });

  test('allow a caller ten questions a second', async () => {
    const caller = '198.51.100.9';
    const answers = await Promise.all(
      Array.from({ length: 14 }, () => world.service.get(`/links/count?target=${POST}&kind=like`, {}, caller)),
    );
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThan(0);
    expect(refused[0]?.headers['retry-after']).toBe('1');
  });
});

const KINDS = ['like', 'repost', 'quote', 'reply', 'thread', 'follow', 'block', 'list', 'mention', 'link'] as const;

/** What the count and all pages say of a target is what the truth says. */
async function check(kind: string, target: string, expected: readonly TrueLink[]): Promise<void> {
  expect([kind, target, await count(kind, target)]).toEqual([
    kind,
    target,
    { records: expected.length, distinct_dids: new Set(expected.map(({ did }) => did)).size },
  ]);
  if (kind === 'block') return;
  const found = await readPages(kind, target, Math.min(100, Math.max(2, Math.ceil(expected.length / 3))));
  expect([kind, target, ...found.map(({ uri }) => uri).toSorted()]).toEqual([
    kind,
    target,
    ...expected.map(({ uri }) => uri).toSorted(),
  ]);
  const times = found.map(({ created_at }) => Date.parse(created_at ?? '1970-01-01'));
  if (kind !== 'list') expect(times).toEqual(times.toSorted((a, b) => b - a));
}

async function count(kind: string, target: string) {
  const answer = (await ask(`/links/count?kind=${kind}&target=${encodeURIComponent(target)}`)) as { links: Counts };
  return answer.links[kind];
}

async function readPages(kind: string, target: string, limit: number) {
  const found: Page['linking_records'][number][] = [];
  let cursor = '';
  for (let pages = 0; pages < 100; pages++) {
    const path = `/links?kind=${kind}&limit=${limit}&cursor=${cursor}&target=${encodeURIComponent(target)}`;
    const page = (await ask(path)) as Page;
    found.push(...page.linking_records);
    if (page.cursor === undefined) return found;
    expect(page.linking_records.length).toBe(limit);
    ({ cursor } = page);
  }
  throw new Error('the pages never end');
}

async function ask(path: string): Promise<unknown> {
  const answer = await world.service.get(path);
  expect([path, answer.status, answer.status === 200 ? '' : answer.text]).toEqual([path, 200, '']);
  return answer.json();
}

/** What can be asked for: hostile records link to anything. */
function isTarget(target: string): boolean {
  return /^(?:did:plc:[a-z2-7]{24}|at:\/\/did:plc:[a-z2-7]{24}\/[\w.]+\/[\w-]+|https:\/\/[\w./-]+)$/.test(target);
}

/** Likes by one account of one post, and the account's statuses, so many minutes after the world's end. */
function someLike({ handles }: GroundTruth) {
  const [author = '', liker = ''] = [...handles.keys()].slice(-2);
  const target = `at://${author}/app.bsky.feed.post/${formatTid({ micros: NOW_MICROS, clockId: 3 })}`;
  const like = (nth: number, operation: string, minutes: number) => {
    const rkey = formatTid({ micros: NOW_MICROS + nth, clockId: 4 });
    const rev = formatTid({ micros: NOW_MICROS + minutes * 60_000_000 + nth, clockId: 4 });
    const record = {
      $type: 'app.bsky.feed.like',
      subject: { uri: target, cid: 'x' },
      createdAt: '2026-01-01T00:00:00Z',
    };
    const commit = {
      rev,
      operation,
      collection: 'app.bsky.feed.like',
      rkey,
      ...(operation !== 'delete' && { record, cid: 'x' }),
    };
    return JSON.stringify({ did: liker, time_us: NOW_MICROS, kind: 'commit', commit });
  };
  const status = (active: boolean, minutes: number) => accountLine(liker, active, NOW_MICROS + minutes * 60_000_000);
  return { target, like, status };
}

function likedTwice(truth: GroundTruth): string[] {
  const { like } = someLike(truth);
  return [like(1, 'create', 0), like(2, 'create', 0)];
}

/** Accounts that were deleted are active again, without their old records. */
function returnOf(truth: GroundTruth, howMany: number): string[] {
  return [...truth.handles.keys()].slice(0, howMany).map((did) => accountLine(did, true, NOW_MICROS + 1_800_000_000));
}

function accountLine(did: string, active: boolean, micros: number): string {
  const account = {
    active,
    did,
    seq: 1,
    time: new Date(micros / 1_000).toISOString(),
    ...(!active && { status: 'deactivated' }),
  };
  return JSON.stringify({ did, time_us: micros, kind: 'account', account });
}
