import type { ClickHouse } from '../clickhouse/types.ts';
import { bool, dateTime64Ms, string, uint64 } from '../row-binary/codecs.ts';
import { type RowOf, shape } from '../row-binary/shape.ts';
import { defineTable } from '../row-binary/table.ts';

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

/** The DIDs that have the label. */
export async function readMembers(clickhouse: ClickHouse, label: string): Promise<string[]> {
  const sql = 'SELECT actor_did FROM actor_labels FINAL WHERE label = {label:String}';
  const rows = await clickhouse.query(sql, shape({ actorDid: string }), { label });
  return rows.map(({ actorDid }) => actorDid);
}
