import { useState } from 'preact/hooks';
import type { RequestError } from './request.ts';
import { useAnswer } from './use-answer.ts';

interface State<P> {
  readonly key: string;
  readonly pages: readonly P[];
  /** The cursor of the page that is asked for, '' for the first; undefined for none. */
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

/** The pages of a list, one after the other. */
export function usePages<P extends { readonly cursor?: string | undefined }>(
  url: string,
  version: string | undefined,
): Pages<P> {
  const [seen, setSeen] = useState(version);
  const key = `${seen ?? ''} ${url}`;
  const start: State<P> = { key, pages: [], asked: '', next: undefined };
  const [kept, setKept] = useState(start);
  const { pages, asked, next } = kept.key === key ? kept : start;
  const error = useAnswer<P>(asked === undefined ? undefined : pageUrl(url, asked), (page) =>
    setKept({ key, pages: [...pages, page], asked: undefined, next: page.cursor }),
  );
  return {
    pages,
    error,
    isBusy: asked !== undefined && error === undefined,
    hasMore: next !== undefined,
    more: () => setKept({ key, pages, asked: next, next }),
    again: version === seen ? undefined : () => setSeen(version),
  };
}

function pageUrl(url: string, cursor: string): string {
  return cursor === '' ? url : `${url}${url.includes('?') ? '&' : '?'}${new URLSearchParams({ cursor }).toString()}`;
}
