import { useEffect, useRef, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import { usePostSearch } from '../data/use-post-search.ts';
import { Notice } from '../parts/notice.tsx';
import { PostCard } from '../parts/post-card.tsx';
import { useTitle } from '../parts/use-title.ts';

/** The search waits for a pause in the typing. */
const PAUSE_MS = 250;

const EXAMPLES = ['"good morning"', '#art has:media', 'coffee -decaf lang:en', 'domain:nasa.gov'];

/** Post search as you type. The address holds the query, so that it can be shared and the way back works. */
export default function Search() {
  useTitle('Search');
  const { query, route } = useLocation();
  const asked = query.q ?? '';
  const sort = query.sort === 'top' ? 'top' : 'latest';
  const [text, setText] = useState(asked);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const { posts, error, isBusy, hasMore, more } = usePostSearch(asked, sort);
  useEffect(() => setText(asked), [asked]);

  const ask = (q: string, order: string): void => {
    clearTimeout(timer.current);
    route(`/console/search?${new URLSearchParams({ q, ...(order === 'top' && { sort: order }) })}`, true);
  };
  const type = (q: string): void => {
    setText(q);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => ask(q, sort), PAUSE_MS);
  };
  return (
    <>
      <h1>Search posts</h1>
      <form
        role="search"
        class="search"
        onSubmit={(event) => {
          event.preventDefault();
          ask(text, sort);
        }}
      >
        <label class="unseen" for="q">
          Words, “phrases”, #tags, from:, lang:, has:, domain: …
        </label>
        <input
          id="q"
          type="search"
          autoComplete="off"
          spellcheck={false}
          placeholder="Words, “phrases”, #tags, from:, lang:, has: …"
          value={text}
          onInput={(event) => type(event.currentTarget.value)}
        />
        <label class="unseen" for="sort">
          Order
        </label>
        <select id="sort" value={sort} onChange={(event) => ask(text, event.currentTarget.value)}>
          <option value="latest">newest first</option>
          <option value="top">most liked of 24 hours</option>
        </select>
      </form>
      {asked === '' ? <Examples ask={(q) => ask(q, sort)} /> : null}
      <Notice error={error} hasValue={posts.length > 0} />
      <p class="quiet" role="status">
        {isBusy ? 'Searching …' : asked !== '' && error === undefined && posts.length === 0 ? 'No post matches.' : ''}
      </p>
      <div class="cards">
        {posts.map((post) => (
          <PostCard key={post.uri} post={post} />
        ))}
      </div>
      {hasMore ? (
        <button type="button" disabled={isBusy} onClick={more}>
          Show more
        </button>
      ) : null}
    </>
  );
}

function Examples({ ask }: { ask: (q: string) => void }) {
  return (
    <p class="quiet">
      For example{' '}
      {EXAMPLES.map((example) => (
        <button key={example} type="button" class="chip" onClick={() => ask(example)}>
          {example}
        </button>
      ))}
    </p>
  );
}
