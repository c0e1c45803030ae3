import type { ClickHouse } from '../clickhouse/types.ts';
import { isBorne } from '../tables/actor-handles.ts';
import { type ActorLabelRow, actorLabels } from '../tables/actor-labels.ts';
import { insertRows } from './insert-rows.ts';

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

export interface MembershipChange {
  readonly label: string;
  readonly did: string;
  readonly isMember: boolean;
  /** Who makes the change, for the record. */
  readonly changedBy: string;
  /** Microseconds since 1970. */
  readonly atMicros: number;
}

/** The DIDs that bear the label. */
export async function readMembers(clickhouse: ClickHouse, label: string): Promise<string[]> {
  const sql = 'SELECT actor_did FROM actor_labels FINAL WHERE label = {label:String}';
  const rows = await clickhouse.query<{ actor_did: string }>(sql, { label });
  return rows.map(({ actor_did }) => actor_did);
}

/**
 * Gives or takes a label. False when that changes nothing; then nothing is written. A member of long standing keeps the
 * time since when; every change stays in actor_label_changes.
 */
export async function changeMembership(clickhouse: ClickHouse, change: MembershipChange): Promise<boolean> {
  const { label, did, isMember, changedBy, atMicros } = change;
  const [last] = await clickhouse.query<{ since: number; version: number; deleted: number }>(
    `SELECT toUnixTimestamp64Milli(created_at) + 0.0 AS since, toFloat64(version) AS version, deleted
     FROM actor_labels WHERE label = {label:String} AND actor_did = {did:String} ORDER BY actor_labels.version DESC LIMIT 1`,
    { label, did },
  );
  const wasMember = last !== undefined && last.deleted === 0;
  if (wasMember === isMember) return false;
  const row: ActorLabelRow = {
    label,
    actorDid: did,
    createdAt: isMember ? Math.floor(atMicros / 1000) : (last?.since ?? 0),
    changedBy,
    version: Math.max(atMicros, (last?.version ?? 0) + 1), // another machine's clock may be ahead
    deleted: !isMember,
  };
  await insertRows(clickhouse, actorLabels, [row]);
  return true;
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
