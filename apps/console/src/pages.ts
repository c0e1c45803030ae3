import type { ConsoleConfig, PageName } from '@updraft/console-api/views';
import { type LazyPage, lazyPage } from './parts/lazy-page.tsx';

/** A page of the console. Its code comes when it is opened. */
export interface Page {
  readonly name: PageName;
  readonly path: string;
  /** In the menu; pages without it are reached from others. */
  readonly title?: string;
  readonly part: 'public' | 'host' | 'operator';
  /** The service that must serve it, since signed-in requests go to the page's own origin; undefined for either. */
  readonly service?: ConsoleConfig['service'];
  readonly component: LazyPage;
}

export const PAGES: readonly Page[] = [
  {
    name: 'network',
    path: '/console/',
    title: 'Network',
    part: 'public',
    component: lazyPage(() => import('./pages/network.tsx')),
  },
  {
    name: 'trends',
    path: '/console/trends',
    title: 'Trends',
    part: 'public',
    component: lazyPage(() => import('./pages/trends.tsx')),
  },
  {
    name: 'search',
    path: '/console/search',
    title: 'Search',
    part: 'public',
    component: lazyPage(() => import('./pages/search.tsx')),
  },
  {
    name: 'links',
    path: '/console/links',
    title: 'Links',
    part: 'public',
    component: lazyPage(() => import('./pages/links.tsx')),
  },
  {
    name: 'feeds',
    path: '/console/feeds',
    title: 'Feeds',
    part: 'public',
    component: lazyPage(() => import('./pages/feeds.tsx')),
  },
  {
    name: 'feed',
    path: '/console/feeds/:name',
    part: 'public',
    component: lazyPage(() => import('./pages/feed.tsx')),
  },
  {
    name: 'export',
    path: '/console/export',
    title: 'Export',
    part: 'public',
    service: 'search',
    component: lazyPage(() => import('./pages/export.tsx')),
  },
  {
    name: 'cleanup',
    path: '/console/cleanup',
    title: 'Clean-up',
    part: 'public',
    service: 'search',
    component: lazyPage(() => import('./pages/cleanup.tsx')),
  },
  {
    name: 'host',
    path: '/console/host',
    title: 'Your feeds',
    part: 'host',
    service: 'feedgen',
    component: lazyPage(() => import('./pages/host/my-feeds.tsx')),
  },
  {
    name: 'host-feed',
    path: '/console/host/:feed',
    part: 'host',
    service: 'feedgen',
    component: lazyPage(() => import('./pages/host/overview.tsx')),
  },
  {
    name: 'host-members',
    path: '/console/host/:feed/members',
    part: 'host',
    service: 'feedgen',
    component: lazyPage(() => import('./pages/host/members.tsx')),
  },
  {
    name: 'host-requests',
    path: '/console/host/:feed/requests',
    part: 'host',
    service: 'feedgen',
    component: lazyPage(() => import('./pages/host/requests.tsx')),
  },
  {
    name: 'host-hidden',
    path: '/console/host/:feed/hidden',
    part: 'host',
    service: 'feedgen',
    component: lazyPage(() => import('./pages/host/hidden.tsx')),
  },
  {
    name: 'host-preview',
    path: '/console/host/:feed/preview',
    part: 'host',
    service: 'feedgen',
    component: lazyPage(() => import('./pages/host/preview.tsx')),
  },
  {
    name: 'host-why',
    path: '/console/host/:feed/why',
    part: 'host',
    service: 'feedgen',
    component: lazyPage(() => import('./pages/host/why.tsx')),
  },
  {
    name: 'host-history',
    path: '/console/host/:feed/history',
    part: 'host',
    service: 'feedgen',
    component: lazyPage(() => import('./pages/host/history.tsx')),
  },
  {
    name: 'ingest',
    path: '/console/operator',
    title: 'Ingest',
    part: 'operator',
    service: 'search',
    component: lazyPage(() => import('./pages/operator/ingest.tsx')),
  },
  {
    name: 'rejected',
    path: '/console/operator/rejected',
    title: 'Rejected',
    part: 'operator',
    service: 'search',
    component: lazyPage(() => import('./pages/operator/rejected.tsx')),
  },
  {
    name: 'storage',
    path: '/console/operator/storage',
    title: 'Disk',
    part: 'operator',
    service: 'search',
    component: lazyPage(() => import('./pages/operator/storage.tsx')),
  },
  {
    name: 'services',
    path: '/console/operator/services',
    title: 'Services',
    part: 'operator',
    service: 'search',
    component: lazyPage(() => import('./pages/operator/services.tsx')),
  },
  {
    name: 'jobs',
    path: '/console/operator/jobs',
    title: 'Jobs',
    part: 'operator',
    service: 'search',
    component: lazyPage(() => import('./pages/operator/jobs.tsx')),
  },
  {
    name: 'alerts',
    path: '/console/operator/alerts',
    title: 'Alerts',
    part: 'operator',
    service: 'search',
    component: lazyPage(() => import('./pages/operator/alerts.tsx')),
  },
  {
    name: 'sign-in',
    path: '/console/sign-in',
    part: 'public',
    component: lazyPage(() => import('./pages/sign-in.tsx')),
  },
  {
    name: 'sessions',
    path: '/console/sessions',
    part: 'public',
    component: lazyPage(() => import('./pages/sessions.tsx')),
  },
];
