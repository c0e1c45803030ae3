import { useLocation } from 'preact-iso';
import { Page } from '../parts/page.tsx';
import { LinkCounts } from './links/link-counts.tsx';
import { TargetForm } from './links/target-form.tsx';
import './links/links.css';

const LEAD =
  'Who likes, reposts, quotes or answers a post, follows or mentions an account, or links to a page of the web: what the index has, as it shows now.';
const EXAMPLES = ['bsky.app', 'https://www.nasa.gov/'];

/** Who links to a record, an account or a page of the web. The address holds the question. */
export default function Links() {
  const { query, route } = useLocation();
  const asked = query.target ?? '';
  const ask = (target: string): void => route(`/console/links?${new URLSearchParams({ target })}`);
  return (
    <Page title="Links" lead={LEAD}>
      <TargetForm asked={asked} ask={ask} />
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
