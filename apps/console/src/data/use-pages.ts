import { useEffect, useState } from 'preact/hooks';
import { RequestError } from './request.ts';
import { useApi } from './session.tsx';

interface State<P> {
  readonly key: string;
  readonly pages: readonly P[];
  /** Of the page that is asked for; undefined for none. `''` for the first. */
  readonly asked: string | undefined;
  readonly next: string | undefined;
}

export interface Pages<P> {
  readonly pages: readonly P[];
  readonly error: RequestError | undefined;
  readonly isBusy: boolean;
  readonly hasMore: boolean;
  readonly more: () => void;
  /** Reads from the beginning; undefined while `version` is what it was when the first page was asked for. */
  readonly again: (() => void) | undefined;
}

const RETRY_MS = 3_000;

/** The pages of a list, one after the other. After a fault it asks again by itself, unless the question itself was refused. */
export function usePages<P extends { readonly cursor?: string | undefined }>(
  url: string,
  version: string | undefined,
): Pages<P> {
  const { getJson } = useApi();
  const [seen, setSeen] = useState(version);
  const key = `${seen ?? ''} ${url}`;
  const start: State<P> = { key, pages: [], asked: '', next: undefined };
  const [kept, setKept] = useState(start);
  const [fault, setFault] = useState<{ key: string; error: RequestError }>();
  const [attempt, setAttempt] = useState(0);
  const { pages, asked, next } = kept.key === key ? kept : start;
  useEffect(() => {
    if (asked === undefined) return undefined;
    const stop = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const query = asked === '' ? '' : `${url.includes('?') ? '&' : '?'}${new URLSearchParams({ cursor: asked })}`;
    getJson<P>(`${url}${query}`, stop.signal).then(
      (page) => {
        setKept((known) => ({
          key,
          pages: [...(known.key === key ? known.pages : []), page],
          asked: undefined,
          next: page.cursor,
        }));
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
  }, [key, asked, attempt]);
  const error = fault?.key === key ? fault.error : undefined;
  return {
    pages,
    error,
    isBusy: asked !== undefined && error === undefined,
    hasMore: next !== undefined,
    more: () => setKept({ key, pages, asked: next, next }),
    again: version === seen ? undefined : () => setSeen(version),
  };
}
