import './search.css';
import { useEffect, useRef, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import { formatCount } from '../data/format.ts';
import { type Sort, usePostSearch } from '../data/use-post-search.ts';
import { useWide } from '../data/use-wide.ts';
import { Button } from '../parts/button.tsx';
import { Notice } from '../parts/notice.tsx';
import { Page } from '../parts/page.tsx';
import { PostCards } from '../parts/post-cards.tsx';
import { SearchSyntax } from './search/search-syntax.tsx';

/** The search waits for a pause in the typing. */
const PAUSE_MS = 300;

/** Post search as you type. The address holds the query, so that it can be shared and the way back works. */
export default function Search() {
  const { query, route } = useLocation();
  const asked = query.q ?? '';
  const sort: Sort = query.sort === 'top' ? 'top' : 'latest';
  const found = usePostSearch(asked, sort);
  const { text, type, ask } = useTyping(asked, (q, order) => {
    // The first words of a search are a step to come back over; what is typed after them is not.
    if (q !== asked || order !== sort) route(addressOf(q, order), asked !== '');
  });
  const isWide = useWide();
  const syntax = <SearchSyntax isOpen={isWide || asked === ''} onTry={(q) => ask(q, sort)} />;
  return (
    <Page title="Search posts" tabTitle={asked === '' ? 'Search' : `${asked.slice(0, 60)} · Search`}>
      <div class="beside">
        <div>
          <SearchForm text={text} sort={sort} onType={(q) => type(q, sort)} onAsk={ask} />
          <Status found={found} isAsked={asked !== ''} />
        </div>
        {isWide ? null : syntax}
        <Results found={found} />
        {isWide ? syntax : null}
      </div>
    </Page>
  );
}

function addressOf(q: string, sort: Sort): string {
  return `/console/search?${new URLSearchParams({ q, ...(sort === 'top' && { sort }) })}`;
}

/** What stands in the field: it is asked for after a pause, or at once. */
function useTyping(asked: string, onAsk: (q: string, sort: Sort) => void) {
  const [text, setText] = useState(asked);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const latest = useRef(onAsk);
  latest.current = onAsk;
  useEffect(() => setText(asked), [asked]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const ask = (q: string, sort: Sort): void => {
    clearTimeout(timer.current);
    latest.current(q, sort);
  };
  const type = (q: string, sort: Sort): void => {
    setText(q);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => latest.current(q, sort), PAUSE_MS);
  };
  return { text, type, ask };
}

interface SearchFormProps {
  readonly text: string;
  readonly sort: Sort;
  readonly onType: (text: string) => void;
  readonly onAsk: (text: string, sort: Sort) => void;
}

function SearchForm({ text, sort, onType, onAsk }: SearchFormProps) {
  return (
    <form
      role="search"
      class="search"
      onSubmit={(event) => {
        event.preventDefault();
        onAsk(text, sort);
      }}
    >
      <label class="unseen" for="q">
        Words, “phrases”, #tags, from:, lang:, has:, domain: …
      </label>
      <input
        id="q"
        type="search"
        autoComplete="off"
        autoCapitalize="off"
        spellcheck={false}
        maxLength={2_000}
        placeholder="Words, “phrases”, #tags, from:, lang:, has: …"
        value={text}
        onInput={(event) => onType(event.currentTarget.value)}
      />
      <label class="unseen" for="sort">
        Order
      </label>
      <select id="sort" value={sort} onChange={({ currentTarget }) => onAsk(text, currentTarget.value as Sort)}>
        <option value="latest">newest first</option>
        <option value="top">most liked of 24 hours</option>
      </select>
      <Button type="submit" kind="primary">
        Search
      </Button>
    </form>
  );
}

type Found = ReturnType<typeof usePostSearch>;

function Status({ found, isAsked }: { found: Found; isAsked: boolean }) {
  const { uris, error } = found;
  const isRefused = error?.status === 400;
  return (
    <>
      {isRefused ? (
        <p class="notice" role="alert">
          <strong>
            <bdi>{error?.message}</bdi>
          </strong>{' '}
          Change the search: what can be written stands below.
        </p>
      ) : (
        <Notice error={error} hasValue={uris.length > 0} />
      )}
      <p class="quiet search-status" role="status">
        {isAsked ? statusOf(found) : 'Posts come as you type.'}
      </p>
    </>
  );
}

function statusOf({ uris, error, isBusy, hasMore }: Found): string {
  if (isBusy) return 'Searching …';
  if (error !== undefined) return '';
  if (uris.length === 0) return 'No post matches.';
  return `${uris.length} ${uris.length === 1 ? 'post' : 'posts'}${hasMore ? ', and there are more' : ''}`;
}

function Results({ found: { uris, likes, isBusy, isOld, hasMore, more } }: { found: Found }) {
  if (uris.length === 0) return null;
  return (
    <div class={isOld ? 'results old' : 'results'}>
      <PostCards
        uris={uris}
        foot={({ uri }) => {
          const count = likes.get(uri);
          return count === undefined ? null : <span>{count === 1 ? 'one like' : `${formatCount(count)} likes`}</span>;
        }}
        after={
          hasMore ? (
            <Button isBusy={isBusy} onClick={more}>
              Show more
            </Button>
          ) : null
        }
      />
    </div>
  );
}
