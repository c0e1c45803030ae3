import { arrange, type Candidate } from '@updraft/recommender';
import { accountsApart, type ClickHouse, type NewLike } from '@updraft/store';
import type { PersonalAnswer, Viewer } from '../personal/personal-query.ts';
import type { Wishes } from '../personal/wishes/wishes.ts';
import type { Checked } from './checked-posts.ts';
import type { ForYouFeed } from './for-you.ts';
import type { GraphRequest, GraphThread } from './graph/graph-thread.ts';
import type { SeedLikes } from './seed-likes.ts';
import { keyOf } from './sip-hash.ts';

export interface ChooseDeps {
  readonly clickhouse: ClickHouse;
  readonly thread: Pick<GraphThread, 'recommend' | 'explain' | 'state'>;
  readonly seedLikes: SeedLikes;
  readonly check: (uris: readonly string[]) => Promise<Checked>;
  readonly wishes: Wishes;
}

export interface Call {
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
  const { request } = await requestFor(deps, feed, viewer.did, call);
  const candidates = await deps.thread.recommend(request, call.signal);
  const unseen = candidates.filter(({ uri }) => !viewer.hasSeen(uri));
  const wished = await asWished(deps.wishes, viewer.did, unseen);
  return fillFeed(deps, feed, viewer.did, wished, call.signal);
}

/** What the graph is asked for a viewer, and the likes by which it looks, where they could be read. */
export async function requestFor(
  { thread, seedLikes }: Pick<ChooseDeps, 'thread' | 'seedLikes'>,
  feed: ForYouFeed,
  viewerDid: string,
  { asOfMs, signal }: Call,
): Promise<{ request: GraphRequest; likes: readonly NewLike[] | undefined }> {
  const likes = await seedLikes(viewerDid, { hours: thread.state?.hours ?? [], nowMs: asOfMs, signal });
  const request = {
    viewer: keyOf(viewerDid),
    likes: likes?.map(({ keyLo, keyHi, atMs }) => ({ lo: keyLo, hi: keyHi, atMs })),
    asOfMs,
    windowMs: feed.window,
    replies: feed.replies,
    mediaOnly: feed.mediaOnly,
    languages: feed.languages,
    limit: feed.size * SPARE + 100,
  };
  return { request, likes };
}

/** The candidates with what the viewer asked for counted in, best first. */
async function asWished(wishes: Wishes, did: string, candidates: readonly Candidate[]): Promise<readonly Candidate[]> {
  if (candidates.length === 0) return candidates;
  const wishOf = await wishes.factors(
    did,
    candidates.map(({ uri }) => uri),
  );
  return candidates
    .map((candidate) => ({ ...candidate, score: candidate.score * wishOf(candidate.uri) }))
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
    leftOut.push(...checked.leftOut);
    kept.push(...some.filter(({ uri, did }) => checked.kept.has(uri) && !apart.has(did)));
    chosen = arrange(kept, { size: feed.size, perAuthor: feed.perAuthor });
  }
  return { posts: chosen.map(({ uri, coLikers }) => ({ uri, reason: reasonOf(coLikers) })), leftOut };
}

function reasonOf(coLikers: number): string {
  return coLikers === 1 ? 'liked by one who likes what you like' : `liked by ${coLikers} who like what you like`;
}
