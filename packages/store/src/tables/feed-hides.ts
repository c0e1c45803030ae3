import { insertRows } from '../clickhouse/insert-rows.ts';
import { createList } from '../clickhouse/lists.ts';
import type { ClickHouse } from '../clickhouse/types.ts';
import { bool, string, uint64 } from '../row-binary/codecs.ts';
import { type RowOf, shape } from '../row-binary/shape.ts';
import { columnList, defineTable } from '../row-binary/table.ts';
import { writeAuditEntry } from './audit-log.ts';

/** A post or an account that a host took out of a feed or out of all, or that came back. */
export const feedHides = defineTable('feed_hides', {
  /** Its name; '' for all feeds. */
  feed: string,
  /** The at-uri of a post, or a DID. */
  subject: string,
  reason: string,
  changedBy: string,
  /** Microseconds since 1970 of the last change; rises with each of them. */
  version: uint64,
  deleted: bool,
});
export type FeedHide = Omit<RowOf<typeof feedHides>, 'deleted'>;

export interface HideChange {
  readonly feed: string;
  readonly subject: string;
  readonly isHidden: boolean;
  readonly reason: string;
  /** Who makes the change. */
  readonly changedBy: string;
  /** Microseconds since 1970. */
  readonly atMicros: number;
}

/** The hides in force, the latest first. */
export function readHides(clickhouse: ClickHouse): Promise<FeedHide[]> {
  return clickhouse.query(
    'SELECT feed, subject, reason, changed_by, version FROM feed_hides FINAL ORDER BY version DESC, feed, subject',
    shape({ feed: string, subject: string, reason: string, changedBy: string, version: uint64 }),
  );
}

/** The feeds out of which these subjects were taken, by the subject. The table has what people did by hand, so all of it is read. */
export async function readHidesOf(clickhouse: ClickHouse, subjects: readonly string[]): Promise<Map<string, string[]>> {
  const rows = await clickhouse.query(
    'SELECT feed, subject FROM feed_hides FINAL WHERE subject IN given_subjects ORDER BY feed',
    shape({ feed: string, subject: string }),
    {},
    {
      lists: [
        createList(
          'given_subjects',
          { subject: string },
          subjects.map((subject) => ({ subject })),
        ),
      ],
    },
  );
  const hides = new Map<string, string[]>();
  for (const { feed, subject } of rows) hides.set(subject, [...(hides.get(subject) ?? []), feed]);
  return hides;
}

/**
 * Hides a subject or shows it again. False when that changes nothing; then nothing is written. The entry of the audit log comes first, so
 * that no change is without one.
 */
export async function changeHide(clickhouse: ClickHouse, change: HideChange): Promise<boolean> {
  const { feed, subject, isHidden, reason, changedBy, atMicros } = change;
  const [last] = await clickhouse.query(
    `SELECT ${columnList(feedHides)} FROM feed_hides
     WHERE feed = {feed:String} AND subject = {subject:String} ORDER BY version DESC LIMIT 1`,
    shape(feedHides.codecs),
    { feed, subject },
  );
  const wasHidden = last !== undefined && !last.deleted;
  if (wasHidden === isHidden) return false;
  const action = isHidden ? 'hide' : 'unhide';
  await writeAuditEntry(clickhouse, { at: atMicros, feed, action, subject, changedBy, note: reason });
  const version = Math.max(atMicros, (last?.version ?? 0) + 1); // another machine's clock may be ahead
  await insertRows(clickhouse, feedHides, [{ feed, subject, reason, changedBy, version, deleted: !isHidden }]);
  return true;
}
