import { arrange, type Candidate } from '@updraft/recommender';
import { accountsApart, type ClickHouse } from '@updraft/store';
import type { PersonalAnswer, Viewer } from '../personal/personal-query.ts';
import type { Checked } from './checked-posts.ts';
import type { ForYouFeed, ReadWishes } from './for-you.ts';
import type { GraphThread } from './graph/graph-thread.ts';
import type { SeedLikes } from './seed-likes.ts';
import { didKey } from './sip-hash.ts';

export interface ChooseDeps {
  readonly clickhouse: ClickHouse;
  readonly thread: Pick<GraphThread, 'recommend' | 'state'>;
  readonly seedLikes: SeedLikes;
  readonly check: (uris: readonly string[]) => Promise<Checked>;
  readonly readWishes: ReadWishes | undefined;
}

interface Call {
  readonly asOfMs: number;
  readonly signal: AbortSignal;
}

/** Candidates beyond the size of the feed: some were seen, some are moderated. */
const SPARE = 3;

/** One viewer's posts. None when nothing is known of the viewer. */
export async function choosePosts(
  deps: ChooseDeps,
  feed: ForYouFeed,
  viewer: Viewer,
  call: Call,
): Promise<PersonalAnswer> {
  const hours = deps.thread.state?.hours ?? [];
  const likes = await deps.seedLikes(viewer.did, { ...call, hours, nowMs: call.asOfMs });
  const candidates = await deps.thread.recommend(
    {
      viewer: didKey(viewer.did),
      likes: likes?.map(({ keyLo, keyHi, atMs }) => ({ lo: keyLo, hi: keyHi, atMs })),
      asOfMs: call.asOfMs,
      windowMs: feed.window,
      replies: feed.replies,
      mediaOnly: feed.mediaOnly,
      languages: feed.languages,
      limit: feed.size * SPARE + 100,
    },
    call.signal,
  );
  const unseen = candidates.filter(({ uri }) => !viewer.hasSeen(uri));
  const wished = await asWished(deps.readWishes, viewer.did, unseen, call.signal);
  return fillFeed(deps, feed, viewer.did, wished, call.signal);
}

/** The candidates with what the viewer asked for counted in, best first. */
async function asWished(
  readWishes: ReadWishes | undefined,
  did: string,
  candidates: readonly Candidate[],
  signal: AbortSignal,
): Promise<readonly Candidate[]> {
  if (readWishes === undefined || candidates.length === 0) return candidates;
  const wishOf = await readWishes(did, candidates, signal);
  return candidates
    .map((candidate) => ({ ...candidate, score: candidate.score * wishOf(candidate) }))
    .toSorted((a, b) => b.score - a.score);
}

/** Checks candidates until there are enough: what is left out takes nobody's place. */
async function fillFeed(
  { clickhouse, check }: ChooseDeps,
  feed: ForYouFeed,
  viewerDid: string,
  candidates: readonly Candidate[],
  signal: AbortSignal,
): Promise<PersonalAnswer> {
  const kept: Candidate[] = [];
  const leftOut: string[] = [];
  let chosen: Candidate[] = [];
  const step = Math.ceil(feed.size * 1.2) + 20;
  for (let start = 0; start < candidates.length && chosen.length < feed.size; start += step) {
    signal.throwIfAborted();
    const some = candidates.slice(start, start + step);
    const dids = [...new Set(some.map(({ did }) => did))];
    const [checked, apart] = await Promise.all([
      check(some.map(({ uri }) => uri)),
      accountsApart(clickhouse, viewerDid, dids, { signal }),
    ]);
    leftOut.push(...checked.leftOut.keys());
    kept.push(...some.filter(({ uri, did }) => checked.kept.has(uri) && !apart.has(did)));
    chosen = arrange(kept, { size: feed.size, perAuthor: feed.perAuthor });
  }
  return { posts: chosen.map(({ uri, coLikers }) => ({ uri, reason: reasonOf(coLikers) })), leftOut };
}

function reasonOf(coLikers: number): string {
  return coLikers === 1 ? 'liked by one who likes what you like' : `liked by ${coLikers} who like what you like`;
}
