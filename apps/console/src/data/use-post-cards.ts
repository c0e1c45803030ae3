import type { PostCard } from '@updraft/console-api/views';
import { useMemo, useState } from 'preact/hooks';
import type { RequestError } from './request.ts';
import { useAnswer } from './use-answer.ts';

export interface PostCards {
  /** Those that show, in the order that was asked for; only up to the first that is still asked for. */
  readonly cards: readonly PostCard[];
  /** A uri without a card does not show; one that is not in it is still asked for. */
  readonly byUri: ReadonlyMap<string, PostCard | undefined>;
  /** How many don't show: gone, hidden, or for signed-in readers only. */
  readonly left: number;
  readonly error: RequestError | undefined;
  readonly isBusy: boolean;
}

/** How many one request asks for: its address has a bound. */
const AT_ONCE = 25;

/** The cards of posts. What is known already stays while more are asked for. */
export function usePostCards(uris: readonly string[]): PostCards {
  const [known, setKnown] = useState<ReadonlyMap<string, PostCard | undefined>>(new Map());
  const missing = useMemo(() => [...new Set(uris)].filter((uri) => !known.has(uri)).slice(0, AT_ONCE), [uris, known]);
  const query = new URLSearchParams(missing.map((uri) => ['uris', uri])).toString();
  const error = useAnswer<{ posts: PostCard[] }>(
    missing.length === 0 ? undefined : `/console/api/posts?${query}`,
    ({ posts }) => setKnown(withCards(known, { wanted: uris, asked: missing, posts })),
  );
  return useMemo(
    () => ({ ...shownOf(uris, known), byUri: known, error, isBusy: missing.length > 0 && error === undefined }),
    [uris, known, error, missing],
  );
}

const MAX_KNOWN = 1_000;

interface Answered {
  readonly wanted: readonly string[];
  readonly asked: readonly string[];
  readonly posts: readonly PostCard[];
}

/** What is known with the answer. Where it has become much, what is wanted no more is forgotten. */
export function withCards(
  before: ReadonlyMap<string, PostCard | undefined>,
  { wanted, asked, posts }: Answered,
): ReadonlyMap<string, PostCard | undefined> {
  const kept = new Set(before.size > MAX_KNOWN ? wanted : before.keys());
  const all = new Map<string, PostCard | undefined>([...before].filter(([uri]) => kept.has(uri)));
  for (const uri of asked) all.set(uri, undefined);
  for (const post of posts) all.set(post.uri, post);
  return all;
}

function shownOf(uris: readonly string[], known: ReadonlyMap<string, PostCard | undefined>) {
  const firstUnknown = uris.findIndex((uri) => !known.has(uri));
  const settled = firstUnknown < 0 ? uris : uris.slice(0, firstUnknown);
  const cards = settled.map((uri) => known.get(uri)).filter((card) => card !== undefined);
  return { cards, left: settled.length - cards.length };
}
