import { useEffect, useState } from 'preact/hooks';
import type { Post } from './post.ts';
import { getJson, type RequestError } from './request.ts';

interface SearchPage {
  readonly posts: readonly Post[];
  readonly cursor?: string;
}

interface Found {
  readonly posts: readonly Post[];
  readonly cursor: string | undefined;
  readonly error: RequestError | undefined;
  readonly isBusy: boolean;
}

const NOTHING: Found = { posts: [], cursor: undefined, error: undefined, isBusy: false };

/** The posts that a query finds, page by page. A newer query ends the one before it. */
export function usePostSearch(q: string, sort: 'latest' | 'top') {
  const [found, setFound] = useState<Found>(NOTHING);
  const [after, setAfter] = useState<string>();
  useEffect(() => {
    setFound(NOTHING);
    setAfter(undefined);
  }, [q, sort]);
  useEffect(() => {
    if (q.trim() === '') return undefined;
    const stop = new AbortController();
    setFound((known) => ({ ...known, isBusy: true }));
    getJson<SearchPage>(pathOf(q, sort, after), stop.signal).then(
      (page) => setFound((known) => appended(after === undefined ? NOTHING : known, page)),
      (error: RequestError) => {
        if (!stop.signal.aborted) setFound((known) => ({ ...known, error, isBusy: false }));
      },
    );
    return () => stop.abort();
  }, [q, sort, after]);
  const { posts, cursor, error, isBusy } = found;
  return { posts, error, isBusy, hasMore: cursor !== undefined, more: () => setAfter(cursor) };
}

function pathOf(q: string, sort: string, cursor: string | undefined): string {
  return `/search/posts?${new URLSearchParams({ q, sort, ...(cursor !== undefined && { cursor }) })}`;
}

/** Posts that came again, since others came before them, stand once. */
function appended({ posts }: Found, page: SearchPage): Found {
  const known = new Set(posts.map(({ uri }) => uri));
  const fresh = page.posts.filter(({ uri }) => !known.has(uri));
  return { posts: [...posts, ...fresh], cursor: page.cursor, error: undefined, isBusy: false };
}
