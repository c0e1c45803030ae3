import { useMemo } from 'preact/hooks';
import { useSession } from '../../../data/session.tsx';
import { useLive } from '../../../data/use-live.ts';

/** A feed of the reader's, as GET /api/admin/feeds tells it. */
export interface HostFeed {
  readonly alias: string;
  readonly title: string;
  readonly role: 'host' | 'moderator';
  readonly kind: string;
  readonly audience: string;
  readonly members: number;
  /** Undefined while it can't be told. */
  readonly waiting: number | undefined;
  readonly viewersToday: number;
  readonly builtAt: string | undefined;
}

interface Answer {
  readonly feeds: Readonly<
    Record<
      string,
      {
        readonly alias: string;
        readonly title: string;
        readonly role: 'host' | 'moderator';
        readonly feed_type: string;
        readonly audience: string;
        readonly user_count: number;
        readonly viewers_today: number;
        readonly requests_waiting?: number;
        readonly built_at?: string;
      }
    >
  >;
}

/** The last answer: on the way from page to page a feed's name and numbers stay. */
let latest: { readonly did: string | undefined; readonly feeds: readonly HostFeed[] } | undefined;

/** The feeds of which the reader is a host or moderator, by name. */
export function useHostFeeds() {
  const did = useSession().session?.did;
  const { value, error } = useLive<Answer>('/api/admin/feeds', 15_000);
  const feeds = useMemo(() => (value === undefined ? undefined : feedsOf(value)), [value]);
  if (feeds !== undefined) latest = { did, feeds };
  return { feeds: feeds ?? (latest?.did === did ? latest?.feeds : undefined), error };
}

function feedsOf({ feeds }: Answer): readonly HostFeed[] {
  return Object.values(feeds)
    .map((feed) => ({
      alias: feed.alias,
      title: feed.title,
      role: feed.role,
      kind: feed.feed_type,
      audience: feed.audience,
      members: feed.user_count,
      waiting: feed.requests_waiting,
      viewersToday: feed.viewers_today,
      builtAt: feed.built_at,
    }))
    .toSorted((a, b) => a.alias.localeCompare(b.alias));
}
