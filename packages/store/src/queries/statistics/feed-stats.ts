import { readCount } from '../../clickhouse/read-value.ts';
import type { ClickHouse } from '../../clickhouse/types.ts';
import { string, uint16, uint64 } from '../../row-binary/codecs.ts';
import { type RowOf, shape } from '../../row-binary/shape.ts';

/** What a viewer can do with a post of a page, without `app.bsky.feed.defs#`. */
export const FEED_EVENTS = [
  'interactionSeen',
  'interactionLike',
  'interactionRepost',
  'interactionReply',
  'interactionQuote',
  'requestLess',
  'requestMore',
] as const;
export type FeedEvent = (typeof FEED_EVENTS)[number];

/** Places of a feed that are told apart, by the last of each; the last one has no end. */
export const POSITION_ENDS = [3, 10, 30, 100, 300] as const;

/** Pages of one day by feed, and within it by variant or position. */
const FEED_PAGES = shape({
  /** The feed's alias. */
  feed: string,
  /** `all` of the feed's pages, those of a `variant`, or the posts at a `position`. */
  part: string,
  /** The variant's name, or the index of the position. */
  key: string,
  numRequests: uint64,
  numViewers: uint64,
  /** Posts given. A request for one post at the beginning only looks whether there is something new: nobody sees it. */
  numServed: uint64,
});
export type FeedPagesRow = RowOf<typeof FEED_PAGES>;

/** What viewers did with the posts of one day's pages. */
const FEED_DEEDS = shape({ feed: string, variant: string, position: uint64, event: string, value: uint64 });
export type FeedDeedsRow = RowOf<typeof FEED_DEEDS>;

/** Interactions of one day that belong to no page. */
const UNJOINED_ROW = shape({ feed: string, value: uint64, senders: uint64 });
/** `senders`: those of all interactions that name the feed. */
export type UnjoinedRow = RowOf<typeof UNJOINED_ROW>;
const JOINED_ROW = shape({ feed: string, value: uint64 });

/** The days since `fromDay` (days since 1970) that have pages or interactions, oldest first. Rows are kept for 90 days. */
export async function readFeedDays(clickhouse: ClickHouse, fromDay: number): Promise<number[]> {
  const rows = await clickhouse.query(
    `SELECT DISTINCT day FROM (
       SELECT DISTINCT toUInt16(toDate(requested_at)) AS day FROM feed_request_analytics WHERE requested_at >= ${start('fromDay')}
       UNION ALL
       SELECT DISTINCT toUInt16(toDate(received_at)) AS day FROM feed_interactions WHERE received_at >= ${start('fromDay')}
     ) ORDER BY day`,
    shape({ day: uint16 }),
    { fromDay },
    OPTIONS,
  );
  return rows.map(({ day }) => day);
}

/** Requests, viewers and posts of a day's pages. */
export function readFeedPages(clickhouse: ClickHouse, day: number): Promise<FeedPagesRow[]> {
  return clickhouse.query(PAGES, FEED_PAGES, { day, ends: POSITION_ENDS }, OPTIONS);
}

/** What came back for a day's pages on that day and the next. Each deed of a viewer with a post of a page counts once. */
export function readFeedDeeds(clickhouse: ClickHouse, day: number): Promise<FeedDeedsRow[]> {
  const params = { pagesFrom: day, pagesTo: day + 1, from: day, to: day + 2, events: FEED_EVENTS, ends: POSITION_ENDS };
  return clickhouse.query(DEEDS, FEED_DEEDS, params, OPTIONS);
}

/** What came on a day and belongs to no page of that day or the one before: by the feed that its sender named, '' for none. */
export async function readUnjoined(clickhouse: ClickHouse, day: number): Promise<UnjoinedRow[]> {
  const params = { pagesFrom: day - 1, pagesTo: day + 1, from: day, to: day + 1, events: FEED_EVENTS };
  const received = await clickhouse.query(RECEIVED, UNJOINED_ROW, params, OPTIONS);
  const joined = new Map(
    (await clickhouse.query(JOINED, JOINED_ROW, params, OPTIONS)).map(({ feed, value }) => [feed, value]),
  );
  return received
    .map((row) => ({ ...row, value: row.value - (joined.get(row.feed) ?? 0) }))
    .filter(({ value }) => value > 0);
}

/** Rises when rows may have gone that were counted before. */
export function countErasedAccounts(clickhouse: ClickHouse): Promise<number> {
  return readCount(clickhouse, 'SELECT uniqExact(did_hash) AS value FROM erased_accounts');
}

/** A day is grouped within these bounds, on disk if necessary. */
const OPTIONS = {
  timeoutMs: 120_000,
  settings: { max_bytes_before_external_group_by: 500_000_000, max_memory_usage: 2_000_000_000, max_threads: 2 },
};

function start(parameter: string): string {
  return `toDateTime64(toDate({${parameter}:UInt16}), 3, 'UTC')`;
}

const ENDS = '{ends:Array(UInt32)}';
/** The index of a position (from 1 on) in POSITION_ENDS. */
const positionOf = (place: string) => `arrayCount(last -> last < ${place}, ${ENDS})`;

const PAGES = `
SELECT feed, split.1 AS part, split.2 AS key, count() AS num_requests, uniqExact(viewer_did) AS num_viewers, sum(split.3) AS num_served
FROM (
  SELECT feed, viewer_did,
    if(page_limit = 1 AND has_cursor = 0, 0, toUInt64(page_size)) AS served,
    arrayMap(last -> toUInt64(last), arrayPushBack(${ENDS}, 4294967295)) AS lasts,
    arrayMap(
      (last, before) -> toUInt64(greatest(0, toInt64(least(last, page_offset + served)) - toInt64(greatest(before, page_offset)))),
      lasts, arrayPushFront(arrayPopBack(lasts), 0)
    ) AS at,
    arrayJoin(arrayConcat(
      [('all', '', served), ('variant', toString(variant), served)],
      arrayFilter(of -> of.3 > 0, arrayMap((posts, index) -> ('position', toString(index - 1), posts), at, arrayEnumerate(at)))
    )) AS split
  FROM feed_request_analytics FINAL
  WHERE requested_at >= ${start('day')} AND requested_at < ${start('day')} + INTERVAL 1 DAY
)
GROUP BY feed, part, key
ORDER BY feed, part, key`;

const PAGES_WITH_ITEMS = `feed_request_analytics FINAL
    WHERE requested_at >= ${start('pagesFrom')} AND requested_at < ${start('pagesTo')} AND notEmpty(items)`;

/**
 * A page's row, and a row for each interaction that names it, side by side: they are grouped rather than joined, so that it fits on the disk.
 * Interactions that name no page of their viewer are dropped before, however many they are.
 */
const BY_PAGE = `
  SELECT viewer_did, page,
    anyIf(page_feed, is_page) AS feed, anyIf(page_variant, is_page) AS variant, anyIf(page_begin, is_page) AS begin,
    anyIf(page_items, is_page) AS items, groupUniqArrayIf((key, event, named), NOT is_page) AS deeds
  FROM (
    SELECT viewer_did, request_id AS page, feed AS page_feed, toString(variant) AS page_variant, page_offset AS page_begin,
      items AS page_items, true AS is_page, toUInt64(0) AS key, '' AS event, '' AS named
    FROM ${PAGES_WITH_ITEMS}
    UNION ALL
    SELECT viewer_did, req_id, '', '', 0, [], false, reinterpretAsUInt64(substring(MD5(item), 1, 8)), event, NAMED
    FROM feed_interactions
    WHERE received_at >= ${start('from')} AND received_at < ${start('to')} AND event IN {events:Array(String)}
      AND sipHash64(viewer_did, req_id) IN (SELECT sipHash64(viewer_did, request_id) FROM ${PAGES_WITH_ITEMS})
  )
  GROUP BY viewer_did, page
  HAVING notEmpty(deeds) AND notEmpty(items)`;

const DEEDS = `
SELECT feed, variant, toUInt64(${positionOf('begin + place')}) AS position, event, count() AS value
FROM (
  SELECT feed, variant, begin, arrayJoin(deeds) AS deed, deed.2 AS event, indexOf(items, deed.1) AS place
  FROM (${BY_PAGE.replace('NAMED', "''")})
)
WHERE place > 0
GROUP BY feed, variant, position, event
ORDER BY feed, variant, position, event`;

/** Each deed counts once for each feed that it names. */
const RECEIVED = `
SELECT feed, uniqExact(sipHash128(viewer_did, req_id, item, event)) AS value, uniqExact(viewer_did) AS senders
FROM feed_interactions
WHERE received_at >= ${start('from')} AND received_at < ${start('to')}
GROUP BY feed
ORDER BY feed`;

const JOINED = `
SELECT deed.3 AS feed, count() AS value
FROM (
  SELECT items, arrayJoin(deeds) AS deed
  FROM (${BY_PAGE.replace('NAMED', 'feed')})
)
WHERE has(items, deed.1)
GROUP BY feed`;
