import { Fragment } from 'preact';

/** What can be written in a search, and what it finds; docs/search.md says all of it. */
const SYNTAX = [
  ['coffee', 'with this word, in any case, with or without accents'],
  ['"good morning"', 'with these words side by side, exactly as written'],
  ['coffee -decaf', 'without the word after the minus, which also stands before most of what follows'],
  ['#birds', 'with this hashtag'],
  ['$AAPL', 'with this cashtag'],
  ['from:bsky.app', 'of this account, by handle or DID'],
  ['mentions:bsky.app', 'that mention it'],
  ['lang:pt', 'in this language'],
  ['has:media', 'with pictures or video'],
  ['domain:nasa.gov', 'with a link to this domain or one below it'],
  ['alt:cat', 'with this word in the description of a picture or video'],
  ['since:2026-07-04', 'from then on, until: before then'],
] as const;

/** A short reference that unfolds; each line of it can be tried. */
export function SearchSyntax({ isOpen, onTry }: { isOpen: boolean; onTry: (q: string) => void }) {
  return (
    <details class="syntax aside" open={isOpen}>
      <summary>What you can write</summary>
      <dl>
        {SYNTAX.map(([example, finds]) => (
          <Fragment key={example}>
            <dt>
              <button type="button" class="chip" onClick={() => onTry(example)}>
                {example}
              </button>
            </dt>
            <dd>{finds}</dd>
          </Fragment>
        ))}
      </dl>
      <p class="quiet">A post must match all that you write.</p>
    </details>
  );
}
