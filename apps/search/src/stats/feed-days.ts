import {
  type ClickHouse,
  countErasedAccounts,
  type FeedEvent,
  type FeedPagesRow,
  readFeedDays,
  readFeedDeeds,
  readFeedPages,
  readUnjoined,
} from '@updraft/store';
import { dayOf } from '../days.ts';

/** What readers of a feed saw and did on one day, as a whole or of one variant or position. */
export interface FeedPart extends Pick<FeedPagesRow, 'key' | 'numRequests' | 'numViewers' | 'numServed'> {
  readonly deeds: Readonly<Partial<Record<FeedEvent, number>>>;
}

export interface FeedDay {
  /** The feed's alias; '' for interactions that name none. */
  readonly feed: string;
  readonly all: FeedPart;
  readonly variants: readonly FeedPart[];
  readonly positions: readonly FeedPart[];
  readonly numUnjoined: number;
  /** Viewers who sent interactions that name the feed. */
  readonly numSenders: number;
}

export interface CountedDay {
  /** YYYY-MM-DD. */
  readonly date: string;
  readonly feeds: readonly FeedDay[];
}

/** Counts the days that may still change, and each other day once while the service runs, or again after accounts were erased. */
export function createFeedDays(clickhouse: ClickHouse): (nowMs: number, numDays: number) => Promise<CountedDay[]> {
  let closed = new Map<number, CountedDay>();
  let erased = -1;
  return async (nowMs, numDays) => {
    const erasedNow = await countErasedAccounts(clickhouse);
    if (erasedNow !== erased) closed = new Map();
    erased = erasedNow;
    const fromDay = dayOf(nowMs) - numDays;
    for (const day of closed.keys()) if (day < fromDay) closed.delete(day);
    const days: CountedDay[] = [];
    for (const day of await readFeedDays(clickhouse, fromDay)) {
      const counted = closed.get(day) ?? (await countDay(clickhouse, day));
      if (day <= lastClosedDay(nowMs)) closed.set(day, counted);
      days.push(counted);
    }
    return days;
  };
}

const HOUR_MS = 3_600_000;

/** What comes back counts until the end of the next day; an hour later nothing of it waits to be written. */
function lastClosedDay(nowMs: number): number {
  return dayOf(nowMs - HOUR_MS) - 2;
}

async function countDay(clickhouse: ClickHouse, day: number): Promise<CountedDay> {
  const pages = await readFeedPages(clickhouse, day);
  const deeds = await readFeedDeeds(clickhouse, day);
  const unjoined = new Map((await readUnjoined(clickhouse, day)).map((row) => [row.feed, row]));
  const feeds = [...new Set([...pages, ...deeds].map(({ feed }) => feed).concat([...unjoined.keys()]))].toSorted();
  return {
    date: new Date(day * 24 * HOUR_MS).toISOString().slice(0, 10),
    feeds: feeds.map((feed) => {
      const of = { pages: pages.filter((row) => row.feed === feed), deeds: deeds.filter((row) => row.feed === feed) };
      const parts = (part: string, keyOf: (row: (typeof deeds)[number]) => string) =>
        of.pages
          .filter((row) => row.part === part)
          .map(({ key, numRequests, numViewers, numServed }) => {
            const done = of.deeds.filter((row) => keyOf(row) === key);
            return { key, numRequests, numViewers, numServed, deeds: sums(done) };
          });
      return {
        feed,
        all: parts('all', () => '')[0] ?? NOBODY,
        variants: parts('variant', ({ variant }) => variant),
        positions: parts('position', ({ position }) => String(position)),
        numUnjoined: unjoined.get(feed)?.value ?? 0,
        numSenders: unjoined.get(feed)?.senders ?? 0,
      };
    }),
  };
}

const NOBODY: FeedPart = { key: '', numRequests: 0, numViewers: 0, numServed: 0, deeds: {} };

function sums(rows: readonly { readonly event: string; readonly value: number }[]): Record<string, number> {
  const deeds: Record<string, number> = {};
  for (const { event, value } of rows) deeds[event] = (deeds[event] ?? 0) + value;
  return deeds;
}
