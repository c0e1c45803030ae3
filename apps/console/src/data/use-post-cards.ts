import type { PostCard } from '@updraft/console-api/views';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { RequestError } from './request.ts';
import { useApi } from './session.tsx';

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
const RETRY_MS = 3_000;

/** The cards of posts. What is known already stays while more are asked for; after a fault it asks again. */
export function usePostCards(uris: readonly string[]): PostCards {
  const { getJson } = useApi();
  const [known, setKnown] = useState<ReadonlyMap<string, PostCard | undefined>>(new Map());
  const [error, setError] = useState<RequestError>();
  const [attempt, setAttempt] = useState(0);
  const missing = useMemo(() => [...new Set(uris)].filter((uri) => !known.has(uri)).slice(0, AT_ONCE), [uris, known]);
  const query = new URLSearchParams(missing.map((uri) => ['uris', uri])).toString();
  useEffect(() => {
    if (query === '') return undefined;
    const stop = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    getJson<{ posts: PostCard[] }>(`/console/api/posts?${query}`, stop.signal).then(
      ({ posts }) => {
        if (stop.signal.aborted) return;
        setKnown((before) => withCards(before, new URLSearchParams(query).getAll('uris'), posts));
        setError(undefined);
      },
      (fault: unknown) => {
        if (stop.signal.aborted || !(fault instanceof RequestError)) return;
        setError(fault);
        const waitMs = Math.max((fault.retryAfterS ?? 0) * 1000, RETRY_MS);
        timer = setTimeout(() => setAttempt((attempts) => attempts + 1), waitMs);
      },
    );
    return () => {
      stop.abort();
      clearTimeout(timer);
    };
  }, [query, attempt, getJson]);
  return useMemo(
    () => ({ ...shownOf(uris, known), byUri: known, error, isBusy: missing.length > 0 }),
    [uris, known, error, missing],
  );
}

const MAX_KNOWN = 1_000;

function withCards(
  before: ReadonlyMap<string, PostCard | undefined>,
  asked: readonly string[],
  posts: readonly PostCard[],
): ReadonlyMap<string, PostCard | undefined> {
  const all = new Map<string, PostCard | undefined>(before.size > MAX_KNOWN ? [] : before);
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
