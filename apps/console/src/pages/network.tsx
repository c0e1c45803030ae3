import { useMemo } from 'preact/hooks';
import { serverNow } from '../data/clock.ts';
import { useApiUrl } from '../data/config.tsx';
import { useLive } from '../data/use-live.ts';
import { Chart } from '../parts/chart.tsx';
import { Notice } from '../parts/notice.tsx';
import { OldNumbers } from '../parts/old-numbers.tsx';
import { Page } from '../parts/page.tsx';
import { RelativeTime } from '../parts/relative-time.tsx';
import { Tile } from '../parts/tile.tsx';
import type { CollectionStats } from './network/collection-totals.ts';
import { Collections } from './network/collections.tsx';
import { LiveRate, RATE_EVERY_MS } from './network/live-rate.tsx';
import {
  dayTimes,
  emptyDay,
  lastDays,
  type NetworkCount,
  type NetworkDay,
  type NetworkStats,
  withDaysBetween,
} from './network/network-days.ts';
import type { IngestStats } from './network/rate-samples.ts';

/** The chart of each kind of record: the records, and the accounts that made them. */
const CHARTS = [
  { title: 'Likes', records: 'num_likes', accounts: 'num_likers' },
  { title: 'Posts', records: 'num_posts', accounts: 'num_posters' },
  { title: 'Follows', records: 'num_follows', accounts: 'num_followers' },
  { title: 'Blocks', records: 'num_blocks', accounts: 'num_blockers' },
] as const;

/** The network by day, and what comes in now. */
export default function Network() {
  const url = useApiUrl();
  const { value, error } = useLive<NetworkStats>(url('search', '/stats'), 10_000);
  const ingest = useLive<IngestStats>(url('search', '/stats/ingest'), RATE_EVERY_MS);
  const collections = useLive<CollectionStats>(url('search', '/stats/collections'), 30_000);
  const updatedAt = value?.updated_at;
  // biome-ignore lint/correctness/useExhaustiveDependencies: an answer with the same time is the same
  const days = useMemo(() => withDaysBetween(lastDays(value?.daily_data ?? [], serverNow()), emptyDay), [updatedAt]);
  const times = useMemo(() => dayTimes(days), [days]);
  const none = value === undefined ? '' : 'Nothing is counted yet.';
  return (
    <Page title="The network by day" tabTitle="Network">
      <Notice error={error ?? ingest.error ?? collections.error} hasValue={value !== undefined} />
      <OldNumbers countedAt={ingest.value?.updated_at} />
      <dl class="tiles">
        <Tile title="Accounts" value={value?.total_users} />
        <Tile title="Posts" value={value?.total_posts} />
        <Tile title="Likes" value={value?.total_likes} />
        <Tile title="Follows" value={value?.total_follows} />
      </dl>
      <LiveRate stats={ingest.value} />
      <h2>By day</h2>
      <p class="quiet">
        What shows now, by the day it was made (UTC), of the last three months; today grows until midnight.
        {updatedAt === undefined ? null : (
          <>
            {' '}
            Counted <RelativeTime iso={updatedAt} />.
          </>
        )}
      </p>
      <div class="charts">
        {CHARTS.map((chart) => (
          <DayChart key={chart.title} {...chart} times={times} days={days} none={none} />
        ))}
      </div>
      <Collections stats={collections.value} />
    </Page>
  );
}

interface DayChartProps {
  readonly title: string;
  readonly records: NetworkCount;
  readonly accounts: NetworkCount;
  readonly times: readonly number[];
  readonly days: readonly NetworkDay[];
  readonly none: string;
}

function DayChart({ title, records, accounts, times, days, none }: DayChartProps) {
  const lines = useMemo(
    () => [
      { title, values: days.map((day) => day[records]) },
      { title: 'Accounts', values: days.map((day) => day[accounts]) },
    ],
    [title, records, accounts, days],
  );
  return <Chart title={title} times={times} lines={lines} none={none} />;
}
