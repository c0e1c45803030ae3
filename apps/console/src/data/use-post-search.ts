import { useState } from 'preact/hooks';
import { useApiUrl } from './config.tsx';
import { useAnswer } from './use-answer.ts';

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
  /** More is asked for. */
  readonly isAsked: boolean;
}

const NOTHING: Found = { key: '', uris: [], likes: new Map(), cursor: undefined, isAsked: false };

/** The posts that a query finds, page by page. A newer query ends the one before it, whose posts stay until the new ones are there. */
export function usePostSearch(q: string, sort: Sort) {
  const apiUrl = useApiUrl();
  const key = q.trim() === '' ? '' : `${sort} ${q}`;
  const [kept, setFound] = useState<Found>(NOTHING);
  const own = kept.key === key ? kept : undefined;
  const isAsking = key !== '' && (own === undefined || own.isAsked);
  const query = new URLSearchParams({ q, sort, ...(own?.cursor !== undefined && { cursor: own.cursor }) });
  const error = useAnswer<SearchPage>(
    isAsking ? apiUrl('search', `/search/posts?${query.toString()}`) : undefined,
    (page) => setFound(appended(own ?? NOTHING, page, key)),
  );
  const { uris, likes, cursor } = key === '' || (error !== undefined && own === undefined) ? NOTHING : kept;
  return {
    uris,
    likes,
    error,
    isBusy: isAsking && error === undefined,
    /** What shows is of the search before. */
    isOld: own === undefined,
    hasMore: own !== undefined && cursor !== undefined,
    more: () => setFound({ ...kept, isAsked: true }),
  };
}

/** Posts that came again, since others came before them, stand once. */
function appended({ uris, likes }: Found, { posts, cursor }: SearchPage, key: string): Found {
  const known = new Set(uris);
  const fresh = posts.filter(({ uri }) => !known.has(uri));
  const counted = fresh.flatMap(({ uri, num_likes: count }) => (count === undefined ? [] : [[uri, count] as const]));
  return {
    key,
    uris: [...uris, ...fresh.map(({ uri }) => uri)],
    likes: new Map([...likes, ...counted]),
    cursor,
    isAsked: false,
  };
}
