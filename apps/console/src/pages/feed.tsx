import './feeds.css';
import type { FeedView } from '@updraft/console-api/views';
import { useRoute } from 'preact-iso';
import { useApiUrl, useConfig } from '../data/config.tsx';
import { isServedHere, pageUrl } from '../data/service-address.ts';
import { useSession } from '../data/session.tsx';
import { useLive } from '../data/use-live.ts';
import { EmptyState } from '../parts/empty-state.tsx';
import { Notice } from '../parts/notice.tsx';
import { OutLink } from '../parts/out-link.tsx';
import { Page } from '../parts/page.tsx';
import { FeedFacts } from './feeds/feed-facts.tsx';
import { FeedPosts } from './feeds/feed-posts.tsx';

/** A feed: what it is, who may read it, how old it is, and its posts. */
export default function FeedPage() {
  const { params } = useRoute();
  const name = params.name ?? '';
  const apiUrl = useApiUrl();
  const { value, error } = useLive<{ feeds: FeedView[] }>(apiUrl('feedgen', '/api/feeds'), 5_000);
  const feed = value?.feeds.find((one) => one.name === name);
  if (feed !== undefined) return <Feed key={name} feed={feed} error={error} />;
  if (value === undefined)
    return (
      <Page title={name}>
        <Notice error={error} hasValue={false} />
      </Page>
    );
  return (
    <Page title={name}>
      <EmptyState title="There is no feed of that name">
        <a href="/console/feeds">All feeds</a>
      </EmptyState>
    </Page>
  );
}

function Feed({ feed, error }: { feed: FeedView; error: ReturnType<typeof useLive>['error'] }) {
  const { session } = useSession();
  const { name } = feed;
  const { isOperator = false, hostOf = [], moderatorOf = [] } = session?.roles ?? {};
  const isHost = isOperator || hostOf.includes(name) || moderatorOf.includes(name);
  return (
    <Page
      title={feed.title}
      lead={<span dir="auto">{feed.description}</span>}
      actions={isHost ? <HostLink name={name} /> : undefined}
    >
      <Notice error={error} hasValue />
      <div class="beside">
        <div class="aside">
          <FeedFacts feed={feed} />
          <FeedLinks feed={feed} />
        </div>
        <div>
          <Posts feed={feed} isHost={isHost} />
        </div>
      </div>
    </Page>
  );
}

function FeedLinks({ feed: { uri, documents } }: { feed: FeedView }) {
  return (
    <p class="feed-links">
      <OutLink href={feedAddress(uri)}>Open at bsky.app</OutLink>
      {documents === undefined ? null : (
        <>
          <OutLink href={documents.rss}>RSS</OutLink>
          <OutLink href={documents.json}>JSON Feed</OutLink>
        </>
      )}
    </p>
  );
}

function HostLink({ name }: { name: string }) {
  const config = useConfig();
  const href = pageUrl(config, 'feedgen', `/console/host/${encodeURIComponent(name)}`);
  return href === undefined ? null : (
    <a class="button" href={href}>
      Look after it
    </a>
  );
}

function Posts({ feed, isHost }: { feed: FeedView; isHost: boolean }) {
  const config = useConfig();
  const { name, audience, isPersonal } = feed;
  if (isPersonal)
    return (
      <EmptyState title="Each reader has a list of their own">
        Open it in your app: what it holds depends on who reads it.
      </EmptyState>
    );
  if (audience === 'everyone') return <FeedPosts feed={feed} />;
  if (!isHost)
    return (
      <EmptyState
        title={audience === 'members' ? 'Its posts are for its members' : 'Its posts are for signed-in readers'}
      >
        Open it in your app to read it. Its hosts see it here when they are signed in.
      </EmptyState>
    );
  if (isServedHere(config, 'feedgen')) return <FeedPosts feed={feed} />;
  const href = pageUrl(config, 'feedgen', `/console/feeds/${encodeURIComponent(name)}`);
  return (
    <EmptyState title="Its posts are for its members">
      {href === undefined ? null : (
        <a class="button" href={href}>
          See it as its host
        </a>
      )}
    </EmptyState>
  );
}

/** A feed's page at bsky.app. */
function feedAddress(uri: string): string | undefined {
  const [, did, rkey] = /^at:\/\/(did:[a-z]+:[\w.:%-]+)\/app\.bsky\.feed\.generator\/([\w.:~-]+)$/.exec(uri) ?? [];
  return did === undefined || rkey === undefined ? undefined : `https://bsky.app/profile/${did}/feed/${rkey}`;
}
