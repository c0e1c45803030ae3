import { type ClickHouse, countUsers, type DailyStats, readDailyStats } from '@updraft/store';
import { dayOf } from './refresh-days.ts';

/** The shape of GET /stats. */
export interface NetworkStats {
  readonly total_users: number;
  readonly total_posts: number;
  readonly total_follows: number;
  readonly total_likes: number;
  /** ISO 8601. */
  readonly updated_at: string;
  /** Oldest first; a day without records that once had some is a row of zeros. */
  readonly daily_data: readonly DailyStats[];
}

export async function readNetworkStats(clickhouse: ClickHouse, nowMs: number): Promise<NetworkStats> {
  const [users, days] = await Promise.all([countUsers(clickhouse), readDailyStats(clickhouse)]);
  const total = (name: 'num_posts' | 'num_follows' | 'num_likes') => days.reduce((sum, day) => sum + day[name], 0);
  return {
    total_users: users,
    total_posts: total('num_posts'),
    total_follows: total('num_follows'),
    total_likes: total('num_likes'),
    updated_at: new Date(nowMs).toISOString(),
    daily_data: days.filter(({ date }) => isShown(date, nowMs)),
  };
}

/** Records whose keys bear no time, or one to come, count in the totals; they are of no day that people know. */
function isShown(date: string, nowMs: number): boolean {
  const day = dayOf(Date.parse(date));
  return day > 0 && day <= dayOf(nowMs);
}
