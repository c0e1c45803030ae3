import { readCount } from '../clickhouse/read-value.ts';
import type { ClickHouse } from '../clickhouse/types.ts';
import { dateTime64Ms, string, uint64 } from '../row-binary/codecs.ts';
import { type RowOf, shape } from '../row-binary/shape.ts';
import { isValidHandle } from '../tables/actor-handles.ts';

/** Which part of a list. */
export interface PageQuery {
  /** From 1. */
  readonly page: number;
  readonly limit: number;
}

export interface RequestsQuery extends PageQuery {
  readonly label: string;
  readonly state: string;
}

const NAMED_REQUEST = shape({
  did: string,
  /** '' when none is known. */
  handle: string,
  state: string,
  source: string,
  evidence: string,
  note: string,
  changedBy: string,
  /** Milliseconds since 1970. */
  changedAt: dateTime64Ms,
});
export type NamedRequest = RowOf<typeof NAMED_REQUEST>;

/** Accounts of a label in this state, those that changed last first, and how many there are. */
export async function readMemberRequests(
  clickhouse: ClickHouse,
  { label, state, page, limit }: RequestsQuery,
): Promise<{ requests: NamedRequest[]; totalCount: number }> {
  const params = { label, state, limit, offset: (page - 1) * limit };
  const chosen = 'FROM member_requests FINAL WHERE label = {label:String} AND state = {state:String}';
  const [totalCount, requests] = await Promise.all([
    readCount(clickhouse, `SELECT count() AS value ${chosen}`, params),
    clickhouse.query(
      `SELECT requests.actor_did AS did, handles.handle AS handle, requests.state AS state, source, evidence, note, changed_by,
         fromUnixTimestamp64Micro(toInt64(requests.version), 'UTC')::DateTime64(3, 'UTC') AS changed_at
       FROM (SELECT * ${chosen} ORDER BY version DESC, actor_did LIMIT {limit:UInt32} OFFSET {offset:UInt64}) AS requests
       LEFT JOIN (SELECT did, handle FROM actor_handles FINAL WHERE ${isValidHandle} AND did IN (
         SELECT actor_did ${chosen} ORDER BY version DESC, actor_did LIMIT {limit:UInt32} OFFSET {offset:UInt64})) AS handles
         ON handles.did = requests.actor_did
       ORDER BY requests.version DESC, did`,
      NAMED_REQUEST,
      params,
    ),
  ]);
  return { requests, totalCount };
}

/** How many accounts wait for a host's decision, by label; none for a label where nobody waits. */
export async function countWaiting(
  clickhouse: ClickHouse,
  labels: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const counts = await clickhouse.query(
    `SELECT label, count() AS accounts FROM member_requests FINAL
     WHERE label IN {labels:Array(String)} AND state = 'pending' GROUP BY label`,
    shape({ label: string, accounts: uint64 }),
    { labels },
  );
  return new Map(counts.map(({ label, accounts }) => [label, accounts]));
}

/** Everybody whom the label's hosts have decided about, or have to. */
export async function readAskers(clickhouse: ClickHouse, label: string): Promise<string[]> {
  const sql = 'SELECT DISTINCT actor_did FROM member_requests WHERE label = {label:String}';
  return (await clickhouse.query(sql, shape({ actorDid: string }), { label })).map(({ actorDid }) => actorDid);
}

const BROUGHT = "label = {label:String} AND state IN ('approved', 'pending')";

/** How many accounts of a label each source has brought: members and those who wait. */
export function countBrought(clickhouse: ClickHouse, label: string): Promise<{ source: string; accounts: number }[]> {
  return clickhouse.query(
    `SELECT source, count() AS accounts FROM member_requests FINAL WHERE ${BROUGHT} GROUP BY source ORDER BY source`,
    shape({ source: string, accounts: uint64 }),
    { label },
  );
}

/** An account, and the record by which it came where there is one. */
export interface Brought {
  readonly did: string;
  readonly evidence: string;
}

/** Accounts that a source has brought, by DID from `after` on. */
export function readBrought(
  clickhouse: ClickHouse,
  query: { readonly label: string; readonly source: string; readonly after: string; readonly limit: number },
): Promise<Brought[]> {
  return clickhouse.query(
    `SELECT actor_did AS did, evidence FROM member_requests FINAL
     WHERE ${BROUGHT} AND source = {source:String} AND actor_did > {after:String} ORDER BY actor_did LIMIT {limit:UInt32}`,
    shape({ did: string, evidence: string }),
    query,
  );
}

/** Accounts whose label is not as their standing says, since a change was interrupted before `beforeMicros`. */
export async function readUnfinishedChanges(
  clickhouse: ClickHouse,
  label: string,
  beforeMicros: number,
): Promise<string[]> {
  const bearers = '(SELECT actor_did FROM actor_labels FINAL WHERE label = {label:String})';
  const unlike = (state: string, isIn: string) =>
    clickhouse.query(
      `SELECT actor_did AS did FROM member_requests FINAL
       WHERE label = {label:String} AND state ${state} 'approved' AND actor_did ${isIn} ${bearers}
         AND version < {beforeMicros:UInt64} ORDER BY actor_did LIMIT ${MAX_UNFINISHED}`,
      shape({ did: string }),
      { label, beforeMicros },
    );
  const [without, bearing] = await Promise.all([unlike('=', 'NOT IN'), unlike('!=', 'IN')]);
  return [...without, ...bearing].map(({ did }) => did);
}

const MAX_UNFINISHED = 5_000;
