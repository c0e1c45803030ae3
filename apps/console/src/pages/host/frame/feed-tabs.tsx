import type { Roles } from '@updraft/console-api/views';
import { useLocation } from 'preact-iso';
import { formatCount } from '../../../data/format.ts';
import { mayDo, type Need } from './may.ts';

const TABS: readonly { readonly path: string; readonly title: string; readonly need: Need }[] = [
  { path: '', title: 'Overview', need: 'moderator' },
  { path: '/members', title: 'Members', need: 'host' },
  { path: '/requests', title: 'Requests', need: 'moderator' },
  { path: '/hidden', title: 'Hidden', need: 'moderator' },
  { path: '/why', title: 'Why', need: 'moderator' },
  { path: '/preview', title: 'Preview', need: 'host' },
  { path: '/history', title: 'History', need: 'moderator' },
];

/** The pages about a feed that the reader may open. */
export function FeedTabs({ feed, roles, waiting }: { feed: string; roles: Roles; waiting: number | undefined }) {
  const { path: open } = useLocation();
  return (
    <nav class="tabs" aria-label={`Pages of ${feed}`}>
      {TABS.filter(({ need }) => mayDo(roles, feed, need)).map(({ path, title }) => {
        const to = hostPath(feed, path);
        return (
          <a key={path} href={to} aria-current={to === open ? 'page' : undefined}>
            {title}
            {path === '/requests' && waiting !== undefined && waiting > 0 ? (
              <span class="count">
                {formatCount(waiting)} <span class="unseen">waiting</span>
              </span>
            ) : null}
          </a>
        );
      })}
    </nav>
  );
}

/** The address of a page about a feed, such as `/members`. */
export function hostPath(feed: string, page = '', query?: Record<string, string>): string {
  return `/console/host/${encodeURIComponent(feed)}${page}${query === undefined ? '' : `?${new URLSearchParams(query)}`}`;
}
