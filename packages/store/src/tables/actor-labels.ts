import { insertRows } from '../clickhouse/insert-rows.ts';
import type { ClickHouse } from '../clickhouse/types.ts';
import { bool, dateTime64Ms, string, uint64 } from '../row-binary/codecs.ts';
import { type RowOf, shape } from '../row-binary/shape.ts';
import { columnList, defineTable } from '../row-binary/table.ts';

/** An account's label, or its end. Every row is a change, and is kept in actor_label_changes. */
export const actorLabels = defineTable('actor_labels', {
  label: string,
  actorDid: string,
  /** Milliseconds since 1970: when the account got the label. */
  createdAt: dateTime64Ms,
  changedBy: string,
  /** Microseconds since 1970 of the change; rises with each of them. */
  version: uint64,
  deleted: bool,
});
export type ActorLabelRow = RowOf<typeof actorLabels>;

export interface MembershipChange {
  readonly label: string;
  readonly did: string;
  readonly isMember: boolean;
  /** Who makes the change. */
  readonly changedBy: string;
  /** Microseconds since 1970. */
  readonly atMicros: number;
}

/** The DIDs that have the label. */
export async function readMembers(clickhouse: ClickHouse, label: string): Promise<string[]> {
  const sql = 'SELECT actor_did FROM actor_labels FINAL WHERE label = {label:String}';
  const rows = await clickhouse.query(sql, shape({ actorDid: string }), { label });
  return rows.map(({ actorDid }) => actorDid);
}

/**
 * Gives or takes a label. False when that changes nothing; then nothing is written. A member keeps the time of
 * joining; every change is kept in actor_label_changes.
 */
export async function changeMembership(clickhouse: ClickHouse, change: MembershipChange): Promise<boolean> {
  const { label, did, isMember, changedBy, atMicros } = change;
  const [last] = await clickhouse.query(
    `SELECT ${columnList(actorLabels)} FROM actor_labels
     WHERE label = {label:String} AND actor_did = {did:String} ORDER BY version DESC LIMIT 1`,
    shape(actorLabels.codecs),
    { label, did },
  );
  const wasMember = last !== undefined && !last.deleted;
  if (wasMember === isMember) return false;
  const row: ActorLabelRow = {
    label,
    actorDid: did,
    createdAt: isMember ? Math.floor(atMicros / 1000) : (last?.createdAt ?? 0),
    changedBy,
    version: Math.max(atMicros, (last?.version ?? 0) + 1), // another machine's clock may be ahead
    deleted: !isMember,
  };
  await insertRows(clickhouse, actorLabels, [row]);
  return true;
}
