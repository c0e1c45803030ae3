import { randomUUID } from 'node:crypto';
import { insertRows } from '../clickhouse/insert-rows.ts';
import type { ClickHouse } from '../clickhouse/types.ts';
import { dateTime64Micros, lowCardinalityString, string } from '../row-binary/codecs.ts';
import type { RowOf } from '../row-binary/shape.ts';
import { defineTable } from '../row-binary/table.ts';

/** Who did what to feeds, members and posts, and why. */
export const auditLog = defineTable('audit_log', {
  /** Microseconds since 1970. */
  at: dateTime64Micros,
  /** A feed's name or a label; '' for all feeds. */
  feed: string,
  action: lowCardinalityString,
  /** The at-uri of a post, or a DID. */
  subject: string,
  changedBy: string,
  note: string,
  entryId: string,
});
export type AuditEntry = Omit<RowOf<typeof auditLog>, 'entryId'>;

/** Resolves when the entry is acknowledged. */
export function writeAuditEntry(clickhouse: ClickHouse, entry: AuditEntry): Promise<void> {
  return insertRows(clickhouse, auditLog, [{ ...entry, entryId: randomUUID() }]);
}
