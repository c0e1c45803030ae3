import './host.css';
import type { SessionView } from '@updraft/console-api/views';
import type { ComponentChildren } from 'preact';
import { useLocation, useRoute } from 'preact-iso';
import { Notice } from '../../../parts/notice.tsx';
import { useTitle } from '../../../parts/use-title.ts';
import { useHostFeeds } from '../data/use-host-feeds.ts';
import { FeedTabs } from './feed-tabs.tsx';
import { mayDo, type Need } from './may.ts';
import { useSession } from './stand-in.tsx';

interface HostPageProps {
  readonly title: string;
  readonly need: Need;
  readonly children: (feed: string, session: SessionView) => ComponentChildren;
}

/** A page about the feed that the address names, for those who may see it. */
export function HostPage({ title, need, children }: HostPageProps) {
  const feed = useRoute().params['feed'] ?? '';
  useTitle(`${title} · ${feed}`);
  return (
    <SignedIn>
      {(session) => (
        <>
          <h1 class="feed-title">
            <bdi>{feed}</bdi> <span class="quiet">{title}</span>
          </h1>
          {mayDo(session.roles, feed, 'moderator') ? <Tabs feed={feed} session={session} /> : null}
          {mayDo(session.roles, feed, need) ? children(feed, session) : <WhomToAsk feed={feed} session={session} />}
        </>
      )}
    </SignedIn>
  );
}

function Tabs({ feed, session }: { feed: string; session: SessionView }) {
  const { feeds } = useHostFeeds();
  return <FeedTabs feed={feed} roles={session.roles} waiting={feeds?.find(({ alias }) => alias === feed)?.waiting} />;
}

/** What only people who are signed in see. */
export function SignedIn({ children }: { children: (session: SessionView) => ComponentChildren }) {
  const { session, isKnown, error } = useSession();
  const { url } = useLocation();
  if (session !== undefined) return <>{children(session)}</>;
  if (!isKnown)
    return error === undefined ? (
      <p class="quiet" aria-busy="true">
        Loading …
      </p>
    ) : (
      <Notice error={error} hasValue={false} />
    );
  return (
    <section class="ask">
      <h1>Sign in first</h1>
      <p>This page is for the hosts and moderators of feeds.</p>
      <p>
        <a class="button" href={`/console/sign-in?${new URLSearchParams({ returnTo: url })}`}>
          Sign in with your account
        </a>
      </p>
    </section>
  );
}

/** To those who may not see a page: who can, and what they are to be told. */
function WhomToAsk({ feed, session }: { feed: string; session: SessionView }) {
  const isModerator = session.roles.moderatorOf.includes(feed);
  return (
    <section class="ask">
      <h2>{isModerator ? 'This page is for the feed’s hosts' : 'You are no host of this feed'}</h2>
      <p>
        You are signed in as <bdi>{session.handle === '' ? session.did : `@${session.handle}`}</bdi>
        {isModerator
          ? ', a moderator: you decide about requests and hidden posts. Ask a host of the feed for anything else.'
          : '. Ask a host of the feed, or whoever runs this service, to name your account among its hosts or moderators:'}
      </p>
      {isModerator ? null : (
        <pre>
          <code>{session.did}</code>
        </pre>
      )}
      <p>
        <a href="/console/host">Your feeds</a>
      </p>
    </section>
  );
}
