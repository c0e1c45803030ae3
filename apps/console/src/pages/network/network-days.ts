/** The answer of GET /stats. */
export interface NetworkStats {
  readonly total_users: number;
  readonly total_posts: number;
  readonly total_follows: number;
  readonly total_likes: number;
  readonly updated_at: string;
  readonly daily_data: readonly NetworkDay[];
}

export type NetworkCount =
  | 'num_likes'
  | 'num_likers'
  | 'num_posts'
  | 'num_posters'
  | 'num_follows'
  | 'num_followers'
  | 'num_blocks'
  | 'num_blockers';
export type NetworkDay = { readonly date: string } & Readonly<Record<NetworkCount, number>>;

const SHOWN_DAYS = 90;
const DAY_MS = 86_400_000;

/** Odd keys and wrong clocks make days of long ago and of the future: the charts show the last three months. */
export function lastDays<D extends { readonly date: string }>(days: readonly D[], nowMs: number): D[] {
  const [from, to] = [-SHOWN_DAYS, 1].map((more) => dateOf(nowMs + more * DAY_MS)) as [string, string];
  return days.filter(({ date }) => date >= from && date <= to).toSorted((a, b) => (a.date < b.date ? -1 : 1));
}

const dateOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

/** The days, rising, with those between them of which nothing is told: a line would lead from one to the next as if something were known. */
export function withDaysBetween<D extends { readonly date: string }>(
  days: readonly D[],
  none: (date: string) => D,
): D[] {
  const byDate = new Map(days.map((day) => [day.date, day]));
  const times = dayTimes(days);
  if (times.length === 0) return [];
  const first = Math.min(...times) * 1000;
  const count = (Math.max(...times) * 1000 - first) / DAY_MS + 1;
  return Array.from({ length: count }, (_, index) => {
    const date = dateOf(first + index * DAY_MS);
    return byDate.get(date) ?? none(date);
  });
}

/** A day on which nothing was made. */
export function emptyDay(date: string): NetworkDay {
  return {
    date,
    num_likes: 0,
    num_likers: 0,
    num_posts: 0,
    num_posters: 0,
    num_follows: 0,
    num_followers: 0,
    num_blocks: 0,
    num_blockers: 0,
  };
}

/** In seconds since 1970. */
export function dayTimes(days: readonly { readonly date: string }[]): number[] {
  return days.map(({ date }) => Date.parse(date) / 1000);
}
