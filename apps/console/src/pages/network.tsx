import { useMemo } from 'preact/hooks';
import { formatAge } from '../data/format.ts';
import { useLive } from '../data/use-live.ts';
import { Chart } from '../parts/chart.tsx';
import { Notice } from '../parts/notice.tsx';
import { Tile } from '../parts/tile.tsx';
import { useTitle } from '../parts/use-title.ts';

/** The answer of GET /stats. */
interface NetworkStats {
  readonly total_users: number;
  readonly total_posts: number;
  readonly total_follows: number;
  readonly total_likes: number;
  readonly updated_at: string;
  readonly daily_data: readonly NetworkDay[];
}

type Count =
  | 'num_likes'
  | 'num_likers'
  | 'num_posts'
  | 'num_posters'
  | 'num_follows'
  | 'num_followers'
  | 'num_blocks'
  | 'num_blockers';
type NetworkDay = { readonly date: string } & Readonly<Record<Count, number>>;

/** The chart of each kind of record: the records, and the accounts that made them. */
const CHARTS = [
  { title: 'Likes', records: 'num_likes', accounts: 'num_likers' },
  { title: 'Posts', records: 'num_posts', accounts: 'num_posters' },
  { title: 'Follows', records: 'num_follows', accounts: 'num_followers' },
  { title: 'Blocks', records: 'num_blocks', accounts: 'num_blockers' },
] as const;

const SHOWN_DAYS = 90;

/** The network by day. */
export default function Network() {
  useTitle('Network');
  const { value, error } = useLive<NetworkStats>('/stats', 10_000);
  const days = useMemo(() => lastDays(value), [value]);
  const times = useMemo(() => days.map(({ date }) => Date.parse(date) / 1000), [days]);
  return (
    <>
      <h1>The network by day</h1>
      <Notice error={error} hasValue={value !== undefined} />
      <dl class="tiles">
        <Tile title="Accounts" value={value?.total_users} />
        <Tile title="Posts" value={value?.total_posts} />
        <Tile title="Likes" value={value?.total_likes} />
        <Tile title="Follows" value={value?.total_follows} />
      </dl>
      {value === undefined ? null : <p class="quiet">Counted {formatAge(value.updated_at)}; days are UTC days.</p>}
      <div class="charts">
        {CHARTS.map((chart) => (
          <DayChart key={chart.title} {...chart} times={times} days={days} />
        ))}
      </div>
    </>
  );
}

/** Records with odd keys make days of long ago: the charts show the last three months. */
function lastDays(stats: NetworkStats | undefined): readonly NetworkDay[] {
  const from = new Date(Date.now() - SHOWN_DAYS * 86_400_000).toISOString().slice(0, 10);
  return (stats?.daily_data ?? []).filter(({ date }) => date >= from);
}

interface DayChartProps {
  readonly title: string;
  readonly records: Count;
  readonly accounts: Count;
  readonly times: readonly number[];
  readonly days: readonly NetworkDay[];
}

function DayChart({ title, records, accounts, times, days }: DayChartProps) {
  const lines = useMemo(
    () => [
      { title, values: days.map((day) => day[records]) },
      { title: 'Accounts', values: days.map((day) => day[accounts]) },
    ],
    [title, records, accounts, days],
  );
  return <Chart title={title} times={times} lines={lines} />;
}
