import { addressToken, mentionToken } from '@updraft/atproto';
import type { ClickHouse, QueryParams } from '../../clickhouse/types.ts';
import { string, uint32, uint64 } from '../../row-binary/codecs.ts';
import { type RowOf, shape } from '../../row-binary/shape.ts';
import { type SearchSelect, searchSelect } from '../post-search/search-select.ts';
import { LINK_KINDS, type LinkKind, type LinkKindName } from './link-kinds.ts';
import { LINK_TABLES, type LinkPlace } from './link-tables.ts';

export interface LinksQuery {
  readonly kind: LinkKindName;
  /** The at-uri of a record, a DID or an address, as the kind leads to. */
  readonly target: string;
}

/** How many records link to a target, and how many accounts wrote them. */
const LINK_COUNT = shape({ records: uint64, accounts: uint64 });
export type LinkCount = RowOf<typeof LINK_COUNT>;

/**
 * Counts what shows now. An index gives the keys of all rows that ever linked there; a delete doesn't say what it linked to, so the rows
 * are then read by these keys as they are now. The keys choose what is read; that the row still links says all the rest.
 */
export async function countLinks(
  clickhouse: ClickHouse,
  query: LinksQuery,
  select: SearchSelect = searchSelect(clickhouse),
): Promise<LinkCount> {
  const kind = LINK_KINDS[query.kind];
  const { key, isVisible } = LINK_TABLES[kind.table];
  const [count = { records: 0, accounts: 0 }] = await select(
    `SELECT count() AS records, uniqExact(did_key) AS accounts FROM ${kind.table} FINAL
     WHERE indexHint(${key} GLOBAL IN (SELECT ${key.slice(1, -1)} FROM ${kind.table} WHERE ${kind.isLink})) AND ${kind.isLink} AND ${isVisible}`,
    LINK_COUNT,
    paramsOf(query),
    BY_INDEX,
  );
  return count;
}

/** A store that is still small uses the index too: one way to answer for all. */
const BY_INDEX = { settings: { min_table_rows_to_use_projection_index: 0 } };

export interface LinksPage extends LinksQuery {
  /** Only what comes after this place. */
  readonly after: LinkPlace | undefined;
  readonly limit: number;
}

/**
 * The newest records that link to a target, in order. Goes back in few stretches, each longer than the one before: so of a target with many
 * links the newest are read alone.
 */
export async function newestLinks(
  clickhouse: ClickHouse,
  page: LinksPage,
  nowMs: number,
  select: SearchSelect = searchSelect(clickhouse),
): Promise<LinkPlace[]> {
  const found: LinkPlace[] = [];
  let to = page.after?.hour ?? LAST_HOUR;
  for (const hours of STRETCHES) {
    const from = Math.max(0, Math.min(to, Math.ceil(nowMs / 3_600_000)) - hours);
    found.push(...(await linksOfStretch(select, { ...page, limit: page.limit - found.length }, from, to)));
    if (found.length >= page.limit || from === 0) break;
    to = from - 1;
  }
  return found;
}

const LAST_HOUR = 2 ** 32 - 1;
/** Hours: a day, a month, all. */
const STRETCHES = [24, 720, Number.POSITIVE_INFINITY];
/** Some of the rows were deleted since or are hidden, so more are asked for than are wanted. */
const SPARE = 16;
const MAX_AT_ONCE = 2_000;

async function linksOfStretch(select: SearchSelect, page: LinksPage, from: number, to: number): Promise<LinkPlace[]> {
  const found: LinkPlace[] = [];
  let { after } = page;
  for (let asked = page.limit + SPARE; found.length < page.limit; asked = Math.min(asked * 4, MAX_AT_ONCE)) {
    const places = await everLinked(select, { ...page, after, limit: asked }, from, to);
    found.push(...(await stillLinked(select, page, places)));
    if (places.length < asked) break;
    after = places.at(-1);
  }
  return found.slice(0, page.limit);
}

const PLACE = shape<LinkPlace>({ hour: uint32, rkey: string, did: string });

/** Records that had a row with this link, whatever became of them. */
function everLinked(select: SearchSelect, page: LinksPage, from: number, to: number): Promise<LinkPlace[]> {
  const kind = LINK_KINDS[page.kind];
  const { hour, did, rkey } = LINK_TABLES[kind.table];
  const { after } = page;
  return select(
    `SELECT DISTINCT ${hour} AS hour, ${rkey} AS rkey, ${did} AS did FROM ${kind.table}
     WHERE ${kind.isLink} AND ${hour} >= {from:UInt32} AND ${hour} <= {to:UInt32}
       ${after === undefined ? '' : 'AND (hour, rkey, did) < ({afterHour:UInt32}, {afterRkey:String}, {afterDid:String})'}
     ORDER BY hour DESC, rkey DESC, did DESC LIMIT {limit:UInt32}`,
    PLACE,
    {
      ...paramsOf(page),
      from,
      to,
      limit: page.limit,
      ...(after && { afterHour: after.hour, afterRkey: after.rkey, afterDid: after.did }),
    },
    BY_INDEX,
  );
}

/** Those of the places whose records link there now and show, in order. */
async function stillLinked(
  select: SearchSelect,
  query: LinksQuery,
  places: readonly LinkPlace[],
): Promise<LinkPlace[]> {
  if (places.length === 0) return [];
  const kind: LinkKind = LINK_KINDS[query.kind];
  const { hour, did, rkey, key, isVisible, keysOf } = LINK_TABLES[kind.table];
  return select(
    `SELECT ${hour} AS hour, ${rkey} AS rkey, ${did} AS did FROM ${kind.table} FINAL
     WHERE ${key} IN given_links AND ${kind.isLink} AND ${isVisible}
     ORDER BY hour DESC, rkey DESC, did DESC`,
    PLACE,
    paramsOf(query),
    { lists: [keysOf(places, kind.collection)] },
  );
}

function paramsOf({ kind, target }: LinksQuery): QueryParams {
  const mark = kind === 'mention' ? mentionToken(target) : addressToken(target);
  return { target, mark };
}
