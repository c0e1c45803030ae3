import type { ClickHouse } from '../clickhouse/types.ts';
import { dateTime64Ms, string } from '../row-binary/codecs.ts';
import { type RowOf, shape } from '../row-binary/shape.ts';
import type { PageQuery } from './member-requests.ts';

const AUDIT_ENTRY = shape({
  /** Milliseconds since 1970. */
  at: dateTime64Ms,
  feed: string,
  action: string,
  subject: string,
  changedBy: string,
  note: string,
});
export type AuditEntry = RowOf<typeof AUDIT_ENTRY>;

export interface AuditQuery extends PageQuery {
  /** Its name. */
  readonly feed: string;
  /** Of its members; '' for a feed without. */
  readonly label: string;
  /** A DID or an at-uri; '' for all. */
  readonly subject: string;
}

/** What was done to a feed and its members, the last first. A label may have the name of another feed. */
export function readAuditLog(
  clickhouse: ClickHouse,
  { feed, label, subject, page, limit }: AuditQuery,
): Promise<AuditEntry[]> {
  return clickhouse.query(
    `SELECT log.at::DateTime64(3, 'UTC') AS at, feed, action, subject, changed_by, note
     FROM audit_log AS log FINAL
     WHERE log.feed IN ({feed:String}, {label:String})
       AND log.feed = if(startsWith(action, 'member '), {label:String}, {feed:String}) AND ({subject:String} = '' OR subject = {subject:String})
     ORDER BY log.at DESC, entry_id LIMIT {limit:UInt32} OFFSET {offset:UInt64}`,
    AUDIT_ENTRY,
    { feed, label, subject, limit, offset: (page - 1) * limit },
  );
}
