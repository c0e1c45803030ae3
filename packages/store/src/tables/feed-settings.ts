import { insertRows } from '../clickhouse/insert-rows.ts';
import type { ClickHouse } from '../clickhouse/types.ts';
import { string, uint64 } from '../row-binary/codecs.ts';
import { type RowOf, shape } from '../row-binary/shape.ts';
import { columnList, defineTable } from '../row-binary/table.ts';
import { writeAuditEntry } from './audit-log.ts';

/** Settings of feeds that hosts changed; they lie over those of the feeds file. */
export const feedSettings = defineTable('feed_settings', {
  /** Its name. */
  feed: string,
  /** JSON; `{}` for a feed that is as the feeds file says again. */
  settings: string,
  changedBy: string,
  /** Microseconds since 1970 of the last change; rises with each of them. */
  version: uint64,
});
export type FeedSettingsRow = RowOf<typeof feedSettings>;

export interface SettingsChange {
  readonly feed: string;
  /** JSON. */
  readonly settings: string;
  /** Who makes the change. */
  readonly changedBy: string;
  /** From what to what, for the audit log. */
  readonly note: string;
  /** Of the row that the change was made for; 0 where there was none. */
  readonly ofVersion: number;
  /** Microseconds since 1970. */
  readonly atMicros: number;
}

/** The last row of each feed that hosts have ever changed. */
export function readFeedSettings(clickhouse: ClickHouse): Promise<FeedSettingsRow[]> {
  return clickhouse.query(
    `SELECT ${columnList(feedSettings)} FROM feed_settings FINAL ORDER BY feed`,
    shape(feedSettings.codecs),
  );
}

/**
 * Writes a change, unless the feed was changed since: then false, and nothing is written. The entry of the audit log comes first, so that no
 * change is without one. Two calls at once may both succeed: hold a lease.
 */
export async function changeFeedSettings(clickhouse: ClickHouse, change: SettingsChange): Promise<boolean> {
  const { feed, settings, changedBy, note, ofVersion, atMicros } = change;
  const [last] = await clickhouse.query(
    `SELECT ${columnList(feedSettings)} FROM feed_settings WHERE feed = {feed:String} ORDER BY version DESC LIMIT 1`,
    shape(feedSettings.codecs),
    { feed },
  );
  if ((last?.version ?? 0) !== ofVersion) return false;
  await writeAuditEntry(clickhouse, { at: atMicros, feed, action: 'settings', subject: '', changedBy, note });
  const version = Math.max(atMicros, ofVersion + 1); // another machine's clock may be ahead
  await insertRows(clickhouse, feedSettings, [{ feed, settings, changedBy, version }]);
  return true;
}
