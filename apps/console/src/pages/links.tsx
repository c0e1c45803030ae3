import { useEffect, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import { Button } from '../parts/button.tsx';
import { Page } from '../parts/page.tsx';
import { LinkCounts } from './links/link-counts.tsx';
import './links/links.css';

const EXAMPLES = ['bsky.app', 'https://www.nasa.gov/'];

/** Who links to a record, an account or a page of the web. The address holds the question. */
export default function Links() {
  const { query, route } = useLocation();
  const asked = query.target ?? '';
  const [text, setText] = useState(asked);
  useEffect(() => setText(asked), [asked]);
  const ask = (target: string): void => route(`/console/links?${new URLSearchParams({ target })}`);
  return (
    <Page
      title="Links"
      lead="Who likes, reposts, quotes or answers a post, follows or mentions an account, or links to a page of the web: what the index has, as it shows now."
    >
      <form
        role="search"
        class="search"
        onSubmit={(event) => {
          event.preventDefault();
          if (text.trim() !== '') ask(text.trim());
        }}
      >
        <label class="unseen" for="target">
          Address of a post, an account or a web page
        </label>
        <input
          id="target"
          type="text"
          autoComplete="off"
          autocapitalize="off"
          spellcheck={false}
          placeholder="A post’s address, at://…, a handle, a DID, or https://…"
          maxLength={2_048}
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
        />
        <Button kind="primary" type="submit">
          Find links
        </Button>
      </form>
      {asked === '' ? (
        <p class="quiet">
          For example{' '}
          {EXAMPLES.map((example) => (
            <button key={example} type="button" class="chip" onClick={() => ask(example)}>
              {example}
            </button>
          ))}
        </p>
      ) : (
        <LinkCounts key={asked} asked={asked} kind={query.kind} />
      )}
    </Page>
  );
}
