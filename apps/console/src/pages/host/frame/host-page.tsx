import './host.css';
import type { SessionView } from '@updraft/console-api/views';
import type { ComponentChildren } from 'preact';
import { useRoute } from 'preact-iso';
import { useSession } from '../../../data/session.tsx';
import { EmptyState } from '../../../parts/empty-state.tsx';
import { Page } from '../../../parts/page.tsx';
import { useHostFeeds } from '../data/use-host-feeds.ts';
import { FeedTabs } from './feed-tabs.tsx';
import { mayDo, type Need } from './may.ts';

interface HostPageProps {
  readonly title: string;
  readonly need: Need;
  /** `isHost`: may do everything with the feed. */
  readonly children: (feed: string, isHost: boolean) => ComponentChildren;
}

/** A page about the feed that the address names, for those who may see it. */
export function HostPage({ title, need, children }: HostPageProps) {
  const feed = useRoute().params['feed'] ?? '';
  const { session } = useSession();
  if (session === undefined) return null; // the gate before every page asks to sign in
  const { roles } = session;
  return (
    <HostFrame feed={feed} title={title} isOpen={mayDo(roles, feed, 'moderator')}>
      {mayDo(roles, feed, need) ? (
        children(feed, mayDo(roles, feed, 'host'))
      ) : (
        <WhomToAsk feed={feed} session={session} />
      )}
    </HostFrame>
  );
}

interface HostFrameProps {
  readonly feed: string;
  readonly title: string;
  /** The reader may see pages of a feed of that name, if there is one. */
  readonly isOpen: boolean;
  readonly children: ComponentChildren;
}

/** The feed's published name, with the short one beside it, and the way between its pages. */
function HostFrame({ feed, title, isOpen, children }: HostFrameProps) {
  const { feeds } = useHostFeeds();
  const known = feeds?.find(({ alias }) => alias === feed);
  const name = known?.title ?? feed;
  if (isOpen && feeds !== undefined && known === undefined) return <NoFeed name={feed} />;
  return (
    <Page
      title={name}
      tabTitle={`${title} · ${name}`}
      actions={
        name === feed ? undefined : (
          <span class="alias quiet" title="How feeds.yaml and addresses name it">
            <bdi>{feed}</bdi>
          </span>
        )
      }
    >
      {isOpen ? <FeedTabs feed={feed} feeds={feeds} /> : null}
      <h2 class="unseen">{title}</h2>
      {children}
    </Page>
  );
}

/** To an operator every address is open; others had a role that has ended meanwhile. */
function NoFeed({ name }: { name: string }) {
  return (
    <Page title={name}>
      <EmptyState title="You look after no feed of that name">
        <p>It may have been renamed or taken out of feeds.yaml, or your role in it has ended.</p>
        <a href="/console/host">Your feeds</a>
      </EmptyState>
    </Page>
  );
}

/** To those who may not see a page: whom to ask, and what for. */
function WhomToAsk({ feed, session: { did, handle, roles } }: { feed: string; session: SessionView }) {
  if (roles.moderatorOf.includes(feed))
    return (
      <EmptyState title="This page is for the feed’s hosts">
        <p>
          You are a moderator: you see members, decide about requests and hide posts. Ask a host of the feed for
          anything else.
        </p>
      </EmptyState>
    );
  return (
    <EmptyState title="You are no host of this feed">
      <p>
        You are signed in as <bdi>{handle === '' ? did : `@${handle}`}</bdi>. Ask a host of the feed, or whoever runs
        Updraft, to name this account among its <code>hosts</code> or <code>moderators</code> in feeds.yaml:
      </p>
      <p>
        <code>{did}</code>
      </p>
      <a href="/console/host">Your feeds</a>
    </EmptyState>
  );
}
