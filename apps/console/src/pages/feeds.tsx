import './feeds.css';
import type { FeedView } from '@updraft/console-api/views';
import { useApiUrl } from '../data/config.tsx';
import { useLive } from '../data/use-live.ts';
import { EmptyState } from '../parts/empty-state.tsx';
import { Notice } from '../parts/notice.tsx';
import { Page } from '../parts/page.tsx';
import { FeedFacts } from './feeds/feed-facts.tsx';

/** All feeds that this Updraft serves. */
export default function Feeds() {
  const apiUrl = useApiUrl();
  const { value, error } = useLive<{ feeds: FeedView[] }>(apiUrl('feedgen', '/api/feeds'), 10_000);
  return (
    <Page
      title="Feeds"
      lead="What is served here, who may read it, and how old it is. Add a feed to your app at bsky.app."
    >
      <Notice error={error} hasValue={value !== undefined} />
      {value?.feeds.length === 0 ? (
        <EmptyState title="No feed is configured">Whoever runs Updraft writes feeds into feeds.yaml.</EmptyState>
      ) : null}
      <ul class="feeds">
        {value?.feeds.map((feed) => (
          <li key={feed.name} class="panel">
            <h2>
              <a href={`/console/feeds/${encodeURIComponent(feed.name)}`}>
                <bdi>{feed.title}</bdi>
              </a>
            </h2>
            <p dir="auto">{feed.description}</p>
            <FeedFacts feed={feed} />
          </li>
        ))}
      </ul>
    </Page>
  );
}
