import type { Roles } from '@updraft/console-api/views';
import { SubNav } from '../../../parts/sub-nav.tsx';
import { useHostFeeds } from '../data/use-host-feeds.ts';
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
export function FeedTabs({ feed, roles }: { feed: string; roles: Roles }) {
  const { feeds } = useHostFeeds();
  const waiting = feeds?.find(({ alias }) => alias === feed)?.waiting;
  const items = TABS.filter(({ need }) => mayDo(roles, feed, need)).map(({ path, title }) => ({
    path: hostPath(feed, path),
    title,
    count: path === '/requests' ? waiting : undefined,
  }));
  return <SubNav label={`Pages of ${feed}`} items={items} />;
}
