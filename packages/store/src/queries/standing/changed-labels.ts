import { readValue } from '../../clickhouse/read-value.ts';
import type { ClickHouse } from '../../clickhouse/types.ts';
import { dateTime64Ms, string } from '../../row-binary/codecs.ts';
import { shape } from '../../row-binary/shape.ts';

/** What labelers said since the last time that it was asked. */
export interface LabelChanges {
  /**
   * The subjects (DIDs and at-uris) of labels that may have come, changed or gone since; undefined when they are too many to name, and the
   * first time. What is read after it resolves is no older than this answer.
   */
  next(): Promise<string[] | undefined>;
}

/** Rows are stamped when their insert begins, and show when it ends: this is longer than an insert of the indexer may take. */
const MARGIN_MS = 120_000;
const MAX_SUBJECTS = 20_000;

export function createLabelChanges(clickhouse: ClickHouse, values: readonly string[]): LabelChanges {
  let askedAt: number | undefined;

  return {
    async next() {
      const now = await readValue(clickhouse, dateTime64Ms, "SELECT now64(3, 'UTC') AS value");
      if (now === undefined) return undefined;
      const rows = await clickhouse.query(
        `SELECT DISTINCT uri FROM labels
         WHERE ingest_at > fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC') AND val IN {values:Array(String)}
         LIMIT {limit:UInt32}`,
        shape({ uri: string }),
        { fromMs: (askedAt ?? now) - MARGIN_MS, values, limit: MAX_SUBJECTS + 1 },
      );
      const isFirst = askedAt === undefined;
      askedAt = now;
      return isFirst || rows.length > MAX_SUBJECTS ? undefined : rows.map(({ uri }) => uri);
    },
  };
}
