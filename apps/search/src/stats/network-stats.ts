import { type ClickHouse, countUsers, type DailyStats, readDailyStats } from '@updraft/store';
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
  const total = (name: 'numPosts' | 'numFollows' | 'numLikes') => days.reduce((sum, day) => sum + day[name], 0);
  return {
    total_users: users,
    total_posts: total('numPosts'),
    total_follows: total('numFollows'),
    total_likes: total('numLikes'),
    updated_at: new Date(nowMs).toISOString(),
    daily_data: days.filter(({ date }) => isShown(date, nowMs)).map(dayJson),
  };
}

function dayJson(day: DailyStats): z.output<typeof networkStats>['daily_data'][number] {
  return {
    date: day.date,
    num_likes: day.numLikes,
    num_likers: day.numLikers,
    num_posters: day.numPosters,
    num_posts: day.numPosts,
    num_follows: day.numFollows,
    num_followers: day.numFollowers,
    num_blocks: day.numBlocks,
    num_blockers: day.numBlockers,
  };
}

/** Records whose keys have no time, or one in the future, count in the totals only. */
function isShown(date: string, nowMs: number): boolean {
  const day = dayOf(Date.parse(date));
  return day > 0 && day <= dayOf(nowMs);
}
