import { useEffect, useState } from 'preact/hooks';
import { useApiUrl } from './config.tsx';
import { RequestError } from './request.ts';
import { useApi } from './session.tsx';

export type Sort = 'latest' | 'top';

interface SearchPage {
  readonly posts: readonly { readonly uri: string; readonly num_likes?: number }[];
  readonly cursor?: string;
}

interface Found {
  /** Which search it is the answer of. */
  readonly key: string;
  readonly uris: readonly string[];
  readonly likes: ReadonlyMap<string, number>;
  readonly cursor: string | undefined;
}

const NOTHING: Found = { key: '', uris: [], likes: new Map(), cursor: undefined };
const RETRY_MS = 3_000;

/**
 * The posts that a query finds, page by page. A newer query ends the one before it, whose posts stay until the new ones are there. What
 * fails for a while is asked again; what is refused is not.
 */
export function usePostSearch(q: string, sort: Sort) {
  const { getJson } = useApi();
  const apiUrl = useApiUrl();
  const key = q.trim() === '' ? '' : JSON.stringify([q, sort]);
  const [found, setFound] = useState<Found>(NOTHING);
  const [wanted, setWanted] = useState<{ key: string; cursor?: string }>({ key });
  const [fault, setFault] = useState<{ key: string; error: RequestError }>();
  const [attempt, setAttempt] = useState(0);
  const cursor = wanted.key === key ? wanted.cursor : undefined;
  const isAnswered = found.key === key && (cursor === undefined || found.cursor !== cursor);
  useEffect(() => {
    if (key === '' || isAnswered) return undefined;
    const stop = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const query = new URLSearchParams({ q, sort, ...(cursor !== undefined && { cursor }) });
    getJson<SearchPage>(apiUrl('search', `/search/posts?${query}`), stop.signal).then(
      (page) => {
        setFound((known) => appended(cursor === undefined ? NOTHING : known, page, key));
        setFault(undefined);
      },
      (error: unknown) => {
        if (stop.signal.aborted || !(error instanceof RequestError)) return;
        setFault({ key, error });
        if (error.status >= 400 && error.status < 429) return;
        const waitMs = Math.max((error.retryAfterS ?? 0) * 1000, RETRY_MS);
        timer = setTimeout(() => setAttempt((attempts) => attempts + 1), waitMs);
      },
    );
    return () => {
      stop.abort();
      clearTimeout(timer);
    };
  }, [key, cursor, isAnswered, attempt]);
  const error = fault?.key === key ? fault.error : undefined;
  const { uris, likes, cursor: next } = key === '' || (error !== undefined && found.key !== key) ? NOTHING : found;
  return {
    uris,
    likes,
    error,
    isBusy: key !== '' && !isAnswered && error === undefined,
    /** What shows is of the search before. */
    isOld: found.key !== key,
    hasMore: found.key === key && next !== undefined,
    more: () => setWanted({ key, ...(next !== undefined && { cursor: next }) }),
  };
}

/** Posts that came again, since others came before them, stand once. */
function appended({ uris, likes }: Found, { posts, cursor }: SearchPage, key: string): Found {
  const known = new Set(uris);
  const fresh = posts.filter(({ uri }) => !known.has(uri));
  const counted = fresh.flatMap(({ uri, num_likes: count }) => (count === undefined ? [] : [[uri, count] as const]));
  return { key, uris: [...uris, ...fresh.map(({ uri }) => uri)], likes: new Map([...likes, ...counted]), cursor };
}
