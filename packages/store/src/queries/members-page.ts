import type { ClickHouse } from '../clickhouse/types.ts';
import { isBorne } from '../tables/actor-handles.ts';

export interface Member {
  readonly did: string;
  /** '' when none is known. */
  readonly handle: string;
  readonly displayName: string;
  /** ISO 8601: since when. */
  readonly createdAt: string;
}

export interface MembersPage {
  readonly members: readonly Member[];
  readonly totalCount: number;
}

export interface MembersQuery {
  readonly label: string;
  /** Part of a DID, handle or display name, in either case; '' for all. */
  readonly search: string;
  /** From 1. */
  readonly page: number;
  readonly limit: number;
}

/** A page of a label's bearers with their names, those who came last first. */
export async function readMembersPage(clickhouse: ClickHouse, query: MembersQuery): Promise<MembersPage> {
  const { label, search, limit } = query;
  const params = { label, search, limit, offset: (query.page - 1) * limit };
  const [counted, rows] = await Promise.all([
    clickhouse.query<{ total: number }>(`SELECT toFloat64(count()) AS total FROM (${NAMED_MEMBERS})`, params),
    clickhouse.query<NamedMember>(
      `${NAMED_MEMBERS} ORDER BY created_at DESC, did LIMIT {limit:UInt32} OFFSET {offset:UInt64}`,
      params,
    ),
  ]);
  const members = rows.map((row) => ({
    did: row.did,
    handle: row.handle,
    displayName: row.display_name,
    createdAt: new Date(row.since).toISOString(),
  }));
  return { members, totalCount: counted[0]?.total ?? 0 };
}

interface NamedMember {
  did: string;
  handle: string;
  display_name: string;
  since: number;
}

const BEARERS = '(SELECT actor_did FROM actor_labels FINAL WHERE label = {label:String})';

const NAMED_MEMBERS = `
SELECT labels.actor_did AS did, handles.handle AS handle, names.display_name AS display_name,
    toUnixTimestamp64Milli(labels.created_at) + 0.0 AS since, labels.created_at AS created_at
FROM (SELECT actor_did, created_at FROM actor_labels FINAL WHERE label = {label:String}) AS labels
LEFT JOIN (SELECT did, handle FROM actor_handles FINAL WHERE did IN ${BEARERS} AND ${isBorne}) AS handles ON handles.did = labels.actor_did
LEFT JOIN (SELECT actor_did, display_name FROM profiles FINAL WHERE actor_did IN ${BEARERS}) AS names ON names.actor_did = labels.actor_did
WHERE {search:String} = ''
    OR positionCaseInsensitiveUTF8(handle, {search:String}) > 0
    OR positionCaseInsensitiveUTF8(display_name, {search:String}) > 0
    OR positionCaseInsensitiveUTF8(did, {search:String}) > 0`;
