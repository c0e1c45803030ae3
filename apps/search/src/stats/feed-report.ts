import { parseJson } from '@updraft/service';
import { type ClickHouse, type FeedEvent, POSITION_ENDS } from '@updraft/store';
import { z } from 'zod';
import { type CountedDay, createFeedDays, type FeedDay, type FeedPart } from './feed-days.ts';
import type { Snapshot } from './report.ts';

/** By what the rows of a feed and day are told apart: not at all, by the variant, or by the place in the feed. */
export const BREAKDOWNS = ['day', 'position', 'variant'] as const;
export type Breakdown = (typeof BREAKDOWNS)[number];

const count = z.int().nullable();
const rate = z.number().nullable();
const row = z.object({
  feed: z.string(),
  variant: z.string().optional().describe("by=variant: its name; '' for the feed as it is"),
  position: z.string().optional().describe('by=position: the places in the feed, such as 4-10'),
  num_requests: count,
  num_viewers: count,
  num_served: count,
  num_seen: count,
  num_likes: count,
  num_reposts: count,
  num_replies: count,
  num_quotes: count,
  num_request_less: count,
  num_request_more: count,
  seen_per_served: rate,
  likes_per_seen: rate,
  reposts_per_seen: rate,
  replies_per_seen: rate,
  quotes_per_seen: rate,
  request_less_per_seen: rate,
  request_more_per_seen: rate,
  num_unjoined: count.optional().describe('by=day: interactions that belong to no page'),
});

/** The answer of GET /stats/feeds: what signed-in viewers read, and what they did with it. */
export const feedReport = z.object({
  updated_at: z.iso.datetime(),
  days: z.array(z.object({ date: z.iso.date(), feeds: z.array(row) })),
});
type FeedReport = z.output<typeof feedReport>;
type Row = z.output<typeof row>;

/** All breakdowns together: one computation serves them all. */
export type FeedReports = Readonly<Record<Breakdown, FeedReport>>;

const DAYS = 30;

export function createFeedReports(clickhouse: ClickHouse): (nowMs: number) => Promise<FeedReports> {
  const readDays = createFeedDays(clickhouse);
  return async (nowMs) => feedReports(await readDays(nowMs, DAYS), nowMs);
}

export function feedReports(days: readonly CountedDay[], nowMs: number): FeedReports {
  const reportBy = (rowsOf: (feed: FeedDay) => Row[]): FeedReport => ({
    updated_at: new Date(nowMs).toISOString(),
    days: days
      .map(({ date, feeds }) => ({ date, feeds: feeds.flatMap(rowsOf) }))
      .filter(({ feeds }) => feeds.length > 0),
  });
  return {
    day: reportBy((feed) => [dayRow(feed)]),
    variant: reportBy(({ feed, variants }) => split(feed, variants, (key) => ({ variant: key }))),
    position: reportBy(({ feed, positions }) =>
      split(feed, positions, (key) => ({ position: POSITIONS[Number(key)] ?? key })),
    ),
  };
}

/** `1-3`, `4-10` and so on; the last has no end. */
const POSITIONS = [0, ...POSITION_ENDS].map((before, index) => {
  const last = POSITION_ENDS[index];
  return last === undefined ? `${before + 1}-` : `${before + 1}-${last}`;
});

/** What fewer viewers did is not told: it would tell what each of them did. */
export const MIN_VIEWERS = 5;

/** How much a feed is read was never hidden. */
function dayRow({ feed, all, numUnjoined, numSenders }: FeedDay): Row {
  const { numRequests, numViewers } = all;
  const isWithheld = numViewers < MIN_VIEWERS;
  return {
    feed,
    ...numbers(isWithheld ? undefined : all),
    num_requests: numRequests,
    num_viewers: numViewers,
    num_unjoined: numUnjoined > 0 && numSenders < MIN_VIEWERS ? null : numUnjoined,
  };
}

/** Where a part is withheld, so is the one with the fewest viewers of the others: else the feed's numbers less the others' would tell it. */
function split(feed: string, parts: readonly FeedPart[], name: (key: string) => Partial<Row>): Row[] {
  const byViewers = parts.toSorted((a, b) => a.numViewers - b.numViewers);
  const few = byViewers.filter(({ numViewers }) => numViewers < MIN_VIEWERS);
  const withheld = new Set(few.length === 0 ? [] : byViewers.slice(0, few.length + 1));
  return parts.map((part) => ({
    feed,
    ...name(part.key),
    ...numbers(withheld.has(part) ? undefined : part),
  }));
}

function numbers(part: FeedPart | undefined): Omit<Row, 'feed'> {
  const of = (event: FeedEvent) => (part === undefined ? null : (part.deeds[event] ?? 0));
  const perSeen = (event: FeedEvent) => ratio(of(event), of('interactionSeen'));
  return {
    num_requests: part?.numRequests ?? null,
    num_viewers: part?.numViewers ?? null,
    num_served: part?.numServed ?? null,
    num_seen: of('interactionSeen'),
    num_likes: of('interactionLike'),
    num_reposts: of('interactionRepost'),
    num_replies: of('interactionReply'),
    num_quotes: of('interactionQuote'),
    num_request_less: of('requestLess'),
    num_request_more: of('requestMore'),
    seen_per_served: ratio(of('interactionSeen'), part?.numServed ?? null),
    likes_per_seen: perSeen('interactionLike'),
    reposts_per_seen: perSeen('interactionRepost'),
    replies_per_seen: perSeen('interactionReply'),
    quotes_per_seen: perSeen('interactionQuote'),
    request_less_per_seen: perSeen('requestLess'),
    request_more_per_seen: perSeen('requestMore'),
  };
}

/** To four digits after the point; null where nothing was seen. */
function ratio(value: number | null, of: number | null): number | null {
  if (value === null || of === null || of === 0) return null;
  return Math.round((value / of) * 10_000) / 10_000;
}

/** Answers with the part of a snapshot that a caller asks for, as JSON. Each snapshot is taken apart once. */
export function createFeedReportReader(): (snapshot: Snapshot, by: Breakdown, feed?: string) => string {
  const read = new WeakMap<Snapshot, { reports: FeedReports; bodies: Partial<Record<Breakdown, string>> }>();
  return (snapshot, by, feed) => {
    // feedReports() made it.
    const known = read.get(snapshot) ?? { reports: parseJson(snapshot.body) as FeedReports, bodies: {} };
    read.set(snapshot, known);
    if (feed === undefined) return (known.bodies[by] ??= JSON.stringify(known.reports[by]));
    const { updated_at, days } = known.reports[by];
    const ofFeed = days.map(({ date, feeds }) => ({ date, feeds: feeds.filter((of) => of.feed === feed) }));
    return JSON.stringify({ updated_at, days: ofFeed.filter(({ feeds }) => feeds.length > 0) });
  };
}
