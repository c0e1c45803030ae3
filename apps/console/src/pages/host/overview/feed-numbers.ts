/** A row of GET /stats/feeds: null is what too few viewers did to be told. */
export interface FeedNumbers {
  readonly feed: string;
  readonly variant?: string;
  readonly position?: string;
  readonly num_requests: number | null;
  readonly num_viewers: number | null;
  readonly num_served: number | null;
  readonly num_seen: number | null;
  readonly num_likes: number | null;
  readonly num_reposts: number | null;
  readonly num_replies: number | null;
  readonly num_quotes: number | null;
  readonly num_request_less: number | null;
  readonly num_request_more: number | null;
}

export interface FeedReport {
  readonly updated_at: string;
  readonly days: readonly { readonly date: string; readonly feeds: readonly FeedNumbers[] }[];
}

/** A number of a row, or how often something was done for 1,000 posts seen. */
export type Measure = 'requests' | 'viewers' | 'served' | 'seen' | 'likes' | 'likesPerSeen' | 'lessPerSeen';

export const MEASURES: Readonly<Record<Measure, string>> = {
  requests: 'Requests',
  viewers: 'Unique viewers',
  served: 'Posts served',
  seen: 'Posts seen',
  likes: 'Likes',
  likesPerSeen: 'Likes per 1,000 seen',
  lessPerSeen: '“Show less” per 1,000 seen',
};

export function measure(row: FeedNumbers | undefined, of: Measure): number | null {
  return row === undefined ? null : READ[of](row);
}

const READ: Readonly<Record<Measure, (row: FeedNumbers) => number | null>> = {
  requests: (row) => row.num_requests,
  viewers: (row) => row.num_viewers,
  served: (row) => row.num_served,
  seen: (row) => row.num_seen,
  likes: (row) => row.num_likes,
  likesPerSeen: (row) => perThousand(row.num_likes, row.num_seen),
  lessPerSeen: (row) => perThousand(row.num_request_less, row.num_seen),
};

/** Null where nothing was seen. */
function perThousand(count: number | null, seen: number | null): number | null {
  if (count === null || seen === null || seen === 0) return null;
  return Math.round((count / seen) * 10_000) / 10;
}

/** The report's days, in seconds since 1970, rising and without gaps: a day of which nothing is told is between others. */
export function daysOf({ days }: FeedReport): readonly number[] {
  const told = days.map(({ date }) => Date.parse(`${date}T00:00:00Z`) / 1000).toSorted((a, b) => a - b);
  const [first, last] = [told[0], told.at(-1)];
  if (first === undefined || last === undefined) return [];
  return Array.from({ length: (last - first) / DAY_S + 1 }, (_, index) => first + index * DAY_S);
}

const DAY_S = 86_400;

export type Key = 'variant' | 'position';

/** The parts that a report tells apart, in the order of their names; positions from the top of the feed. */
export function partsOf({ days }: FeedReport, key: Key): readonly string[] {
  const names = new Set(days.flatMap(({ feeds }) => feeds.map((row) => row[key] ?? '')));
  const start = (name: string): number => (key === 'position' ? Number.parseInt(name, 10) : 0);
  return [...names].toSorted((a, b) => start(a) - start(b) || a.localeCompare(b));
}

/** A measure of each day, of one part of the feed or of all of it. */
export function lineOf(
  report: FeedReport,
  of: Measure,
  part?: { readonly key: Key; readonly name: string },
): (number | null)[] {
  const rows = new Map(
    report.days.map(({ date, feeds }) => [
      Date.parse(`${date}T00:00:00Z`) / 1000,
      feeds.find((row) => part === undefined || (row[part.key] ?? '') === part.name),
    ]),
  );
  return daysOf(report).map((day) => measure(rows.get(day), of));
}

/**
 * All days of a part together. Days of which too little is told to sum them are left out; unique viewers of days are not
 * those of all days together, so they are not summed.
 */
export function sumOf(report: FeedReport, key: Key, name: string): FeedNumbers | undefined {
  const rows = report.days.flatMap(({ feeds }) =>
    feeds.filter((row) => (row[key] ?? '') === name && row.num_seen !== null),
  );
  const [first] = rows;
  if (first === undefined) return undefined;
  const sum = (of: (row: FeedNumbers) => number | null): number =>
    rows.reduce((total, row) => total + (of(row) ?? 0), 0);
  return {
    ...first,
    num_requests: sum((row) => row.num_requests),
    num_viewers: null,
    num_served: sum((row) => row.num_served),
    num_seen: sum((row) => row.num_seen),
    num_likes: sum((row) => row.num_likes),
    num_reposts: sum((row) => row.num_reposts),
    num_replies: sum((row) => row.num_replies),
    num_quotes: sum((row) => row.num_quotes),
    num_request_less: sum((row) => row.num_request_less),
    num_request_more: sum((row) => row.num_request_more),
  };
}
