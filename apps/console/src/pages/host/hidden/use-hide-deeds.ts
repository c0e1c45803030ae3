import { useMemo } from 'preact/hooks';
import { useApi } from '../../../data/session.tsx';

/** Takes posts and accounts out of a feed, and lets them in again. */
export function useHideDeeds(feed: string) {
  const { sendJson } = useApi();
  return useMemo(() => {
    const pathOf = (query: Readonly<Record<string, string>>): string =>
      `/api/admin/feed_hides?${new URLSearchParams({ feedName: feed, ...query })}`;
    return {
      hide: (subject: string, reason: string) => sendJson<unknown>('PUT', pathOf({ subject, reason })),
      unhide: (subject: string) => sendJson<unknown>('DELETE', pathOf({ subject })),
    };
  }, [feed, sendJson]);
}
