import { readCount } from '../clickhouse/read-value.ts';
import type { ClickHouse } from '../clickhouse/types.ts';
import { dateTime64Ms, string } from '../row-binary/codecs.ts';
import { shape } from '../row-binary/shape.ts';
import { isValidHandle } from '../tables/actor-handles.ts';

export interface Member {
  readonly did: string;
  /** '' when none is known. */
  readonly handle: string;
  readonly displayName: string;
  /** ISO 8601: when the account became a member. */
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

/** A page of a label's members with their names, the newest members first. */
export async function readMembersPage(clickhouse: ClickHouse, query: MembersQuery): Promise<MembersPage> {
  const { label, search, limit } = query;
  const params = { label, search, limit, offset: (query.page - 1) * limit };
  const [totalCount, rows] = await Promise.all([
    readCount(clickhouse, `SELECT count() AS value FROM (${NAMED_MEMBERS})`, params),
    clickhouse.query(
      `${NAMED_MEMBERS} ORDER BY created_at DESC, did LIMIT {limit:UInt32} OFFSET {offset:UInt64}`,
      shape({ did: string, handle: string, displayName: string, createdAt: dateTime64Ms }),
      params,
    ),
  ]);
  const members = rows.map((row) => ({ ...row, createdAt: new Date(row.createdAt).toISOString() }));
  return { members, totalCount };
}

const BEARERS = '(SELECT actor_did FROM actor_labels FINAL WHERE label = {label:String})';

const NAMED_MEMBERS = `
SELECT labels.actor_did AS did, handles.handle AS handle, names.display_name AS display_name,
    labels.created_at AS created_at
FROM (SELECT actor_did, created_at FROM actor_labels FINAL WHERE label = {label:String}) AS labels
LEFT JOIN (SELECT did, handle FROM actor_handles FINAL WHERE did IN ${BEARERS} AND ${isValidHandle}) AS handles ON handles.did = labels.actor_did
LEFT JOIN (SELECT actor_did, display_name FROM profiles FINAL WHERE actor_did IN ${BEARERS}) AS names ON names.actor_did = labels.actor_did
WHERE {search:String} = ''
    OR positionCaseInsensitiveUTF8(handle, {search:String}) > 0
    OR positionCaseInsensitiveUTF8(display_name, {search:String}) > 0
    OR positionCaseInsensitiveUTF8(did, {search:String}) > 0`;
