import { useApiUrl } from '../../../data/config.tsx';
import { useLive } from '../../../data/use-live.ts';
import type { FeedReport } from './feed-numbers.ts';

const EVERY_MS = 60_000;

/** What viewers read of a feed and did with it, by day, position or variant, of the last 30 days. */
export function useFeedReport(feed: string, by: 'day' | 'position' | 'variant') {
  const urlOf = useApiUrl();
  return useLive<FeedReport>(urlOf('search', `/stats/feeds?${new URLSearchParams({ feed, by })}`), EVERY_MS);
}
