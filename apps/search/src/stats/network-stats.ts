import { type ClickHouse, countUsers, readDailyStats } from '@updraft/store';
import { z } from 'zod';
import { dayOf } from '../days.ts';

const count = z.int();

/** The answer of GET /stats: the oldest day first; a day whose records are all deleted has zeros. */
export const networkStats = z.object({
  total_users: count,
  total_posts: count,
  total_follows: count,
  total_likes: count,
  updated_at: z.iso.datetime(),
  daily_data: z.array(
    z.object({
      date: z.iso.date(),
      num_likes: count,
      num_likers: count,
      num_posters: count,
      num_posts: count,
      num_follows: count,
      num_followers: count,
      num_blocks: count,
      num_blockers: count,
    }),
  ),
});

export async function readNetworkStats(clickhouse: ClickHouse, nowMs: number): Promise<z.output<typeof networkStats>> {
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

/** Records whose keys have no time, or one in the future, count in the totals only. */
function isShown(date: string, nowMs: number): boolean {
  const day = dayOf(Date.parse(date));
  return day > 0 && day <= dayOf(nowMs);
}
