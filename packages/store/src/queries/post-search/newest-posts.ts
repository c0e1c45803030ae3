import { createList } from '../../clickhouse/lists.ts';
import type { ClickHouse } from '../../clickhouse/types.ts';
import { dateTime64Ms, string, uint32 } from '../../row-binary/codecs.ts';
import { shape } from '../../row-binary/shape.ts';
import { isVisible } from '../../tables/hidden-actors.ts';
import {
  COLUMNS,
  FOUND_POST,
  type FoundPost,
  isAfter,
  isInTime,
  newestFirst,
  type PostPlace,
  placeParams,
  placeSql,
} from './found-post.ts';
import { filterSql } from './post-filter.ts';
import { type SearchSelect, searchSelect } from './search-select.ts';
import { backdatedMarks, HOUR_MS, hourOf, type NewestQuery, stretchParams } from './stretch.ts';

/**
 * The newest posts that match, in order. Goes back in stretches of time, each as long as the index says that a page needs, and stops
 * when it has enough posts. So common words don't read the years before, and rare ones don't take many small steps.
 */
export async function newestPosts(
  clickhouse: ClickHouse,
  query: NewestQuery,
  select: SearchSelect = searchSelect(clickhouse),
): Promise<FoundPost[]> {
  const found: FoundPost[] = [];
  let { toMs } = query;
  for (let spare = SPARE_PLACES; found.length < query.limit && toMs > query.fromMs; spare = more(spare)) {
    const rest = { ...query, toMs, limit: query.limit - found.length };
    const { fromMs, places } = await nextStretch(select, rest, spare);
    found.push(...(await postsOfStretch(select, { ...rest, fromMs }, places)));
    toMs = fromMs;
  }
  return found;
}

/** Some of the places have a post that was deleted, changed or hidden since, so more places than posts are asked for, in growing rounds. */
const SPARE_PLACES = 12;
const MAX_SPARE_PLACES = 1_000;
const more = (spare: number): number => Math.min(spare * 4, MAX_SPARE_PLACES);

/** A place where some version of a post matches. */
interface MatchingPlace extends PostPlace {
  readonly recordHour: number;
}

const MATCHING_PLACE = shape<MatchingPlace>({
  did: string,
  rkey: string,
  sortAtMs: dateTime64Ms,
  recordHour: uint32,
});

/** How far back to go next, and the matches of those hours if all of them are known. */
interface Stretch {
  readonly fromMs: number;
  readonly places: readonly MatchingPlace[] | undefined;
}

/**
 * Reads the index from the table's end until there are matches for a page and some to spare. If the hours that were read completely fill the
 * page, they are the stretch; else (for a very common word) it ends with the hour that was begun.
 */
async function nextStretch(select: SearchSelect, query: NewestQuery, spare: number): Promise<Stretch> {
  const count = query.limit + spare;
  const asked = withExclusions({ ...query, limit: count }, spare > SPARE_PLACES);
  const places = await matchingPlaces(select, asked, IS_NEAR, 'record_hour DESC, did DESC, rkey DESC');
  const begun = places.length < count ? undefined : places.at(-1)?.recordHour;
  if (begun === undefined) return { fromMs: query.fromMs, places };
  const whole = places.filter(({ recordHour }) => recordHour > begun);
  const wholeFromMs = Math.max(query.fromMs, (begun + 1) * HOUR_MS);
  if (whole.length >= query.limit && wholeFromMs < query.toMs) return { fromMs: wholeFromMs, places: whole };
  const lastMs = Math.min(begun, hourOf(query.toMs - 1)) * HOUR_MS;
  return { fromMs: Math.max(query.fromMs, lastMs), places: undefined };
}

/**
 * Most posts are in the hours around the time that they are sorted by. Those that were backdated are anywhere later (or, without a time in
 * their key, in hour 0); the mark of the day that they are sorted into finds them.
 */
async function postsOfStretch(
  select: SearchSelect,
  query: NewestQuery,
  places: readonly MatchingPlace[] | undefined,
): Promise<FoundPost[]> {
  const [near, backdated] = await Promise.all([
    places === undefined ? newestAmong(select, query, IS_NEAR) : postsAt(select, query, places, undefined),
    newestAmong(select, { ...query, anyOf: backdatedMarks(query) }, IS_FAR),
  ]);
  return [...near, ...backdated].toSorted(newestFirst).slice(0, query.limit);
}

const IS_NEAR = 'record_hour >= {firstHour:UInt32} AND record_hour <= {lastHour:UInt32}';
const IS_FAR = '(record_hour > {lastHour:UInt32} OR record_hour = 0)';

/**
 * Two steps, since FINAL would read the tokens of every post near a match. First the index alone gives the places where any version of a
 * post matches, newest first; then the posts at those places are read as they are now. A post belongs to the stretch that it is sorted into
 * now, so that none comes twice, and none out of order.
 */
async function newestAmong(select: SearchSelect, query: NewestQuery, hours: string): Promise<FoundPost[]> {
  const found: FoundPost[] = [];
  let { after } = query;
  for (let spare = SPARE_PLACES; found.length < query.limit; spare = more(spare)) {
    const count = query.limit - found.length + spare;
    const asked = withExclusions({ ...query, after, limit: count }, spare > SPARE_PLACES);
    const places = await matchingPlaces(select, asked, hours, 'sort_at DESC, did DESC, rkey DESC');
    const last = places.length < count ? undefined : places.at(-1);
    found.push(...(await postsAt(select, { ...query, after }, places, last)));
    if (last === undefined) break;
    after = last;
  }
  return found;
}

/**
 * The index can't answer an exclusion, which reads the tokens. Usually few posts are excluded, and the second step drops them. Where that
 * leaves too few posts, the next rounds exclude here.
 */
function withExclusions(query: NewestQuery, areAsked: boolean): NewestQuery {
  return areAsked ? query : { ...query, exclude: [] };
}

function matchingPlaces(
  select: SearchSelect,
  query: NewestQuery,
  hours: string,
  order: string,
): Promise<MatchingPlace[]> {
  const { conditions, params } = filterSql(query);
  const sql = `
SELECT did, rkey, sort_at AS sort_at_ms, record_hour
FROM post_rows
WHERE ${hours}
    AND ${isInTime}
    AND deleted = 0
    AND ${conditions.join('\n    AND ')}
    ${query.after === undefined ? '' : `AND ${isAfter}`}
ORDER BY ${order}
LIMIT {limit:UInt32}`;
  return select(sql, MATCHING_PLACE, { ...params, ...stretchParams(query) }, FROM_INDEX_ALONE);
}

/**
 * A filter on the order's column would run before the index and read all tokens, in ten times the time. Buffers before the merge of the
 * parts would be filled beyond the limit; without them it takes half the time.
 */
const FROM_INDEX_ALONE = { settings: { use_top_k_dynamic_filtering: 0, read_in_order_use_buffering: 0 } };

/** The posts at these places, as they are now: those that still match, show, and are sorted before `after` and not beyond `last`. */
function postsAt(
  select: SearchSelect,
  query: NewestQuery,
  places: readonly MatchingPlace[],
  last: PostPlace | undefined,
): Promise<FoundPost[]> {
  if (places.length === 0) return Promise.resolve([]);
  const { conditions, params } = filterSql(query);
  const sql = `
SELECT ${COLUMNS}
FROM post_rows FINAL
WHERE (record_hour, did, rkey) IN given_places
    AND ${isInTime}
    AND ${isVisible}
    AND ${conditions.join('\n    AND ')}
    ${query.after === undefined ? '' : `AND ${isAfter}`}
    ${last === undefined ? '' : `AND (sort_at, did, rkey) >= (${placeSql('last')})`}
ORDER BY sort_at DESC, did DESC, rkey DESC
LIMIT {limit:UInt32}`;
  return select(
    sql,
    shape(FOUND_POST),
    { ...params, ...stretchParams(query), ...placeParams('last', last) },
    { lists: [createList('given_places', { recordHour: uint32, did: string, rkey: string }, places)] },
  );
}
