import { useSession } from '../../../data/session.tsx';
import { SubNav } from '../../../parts/sub-nav.tsx';
import type { HostFeed } from '../data/use-host-feeds.ts';
import { hostPath } from './host-path.ts';
import { mayDo, type Need } from './may.ts';

const TABS: readonly { readonly path: string; readonly title: string; readonly need: Need }[] = [
  { path: '', title: 'Overview', need: 'moderator' },
  { path: '/members', title: 'Members', need: 'moderator' },
  { path: '/requests', title: 'Requests', need: 'moderator' },
  { path: '/hidden', title: 'Hidden', need: 'moderator' },
  { path: '/why', title: 'Why', need: 'moderator' },
  { path: '/preview', title: 'Preview', need: 'host' },
  { path: '/history', title: 'History', need: 'moderator' },
];

/** The pages about a feed that the reader may open. */
export function FeedTabs({ feed, feeds }: { feed: string; feeds: readonly HostFeed[] | undefined }) {
  const { session } = useSession();
  if (session === undefined) return null;
  const waiting = feeds?.find(({ alias }) => alias === feed)?.waiting;
  const items = TABS.filter(({ need }) => mayDo(session.roles, feed, need)).map(({ path, title }) => ({
    path: hostPath(feed, path),
    title,
    count: path === '/requests' ? waiting : undefined,
  }));
  return <SubNav label={`Pages of ${feed}`} items={items} />;
}
