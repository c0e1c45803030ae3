import { didList } from '../clickhouse/lists.ts';
import type { CallOptions, ClickHouse } from '../clickhouse/types.ts';
import { string, version } from '../row-binary/codecs.ts';
import { type RowOf, shape } from '../row-binary/shape.ts';
import { RECORD_RKEY, RECORD_VERSION } from '../tables/record-rows.ts';

const ACCOUNT_RECORD = shape({
  repo: string,
  collection: string,
  rkey: string,
  recordJson: string,
  version,
});
/** A record of an account as it is stored. */
export type AccountRecord = RowOf<typeof ACCOUNT_RECORD>;

/** All records of these accounts, those too that don't show, but no deleted ones; as they arrive. It reads through the whole tables. */
export async function* accountRecords(clickhouse: ClickHouse, dids: readonly string[]): AsyncGenerator<AccountRecord> {
  const chunks = clickhouse.stream(
    `SELECT repo, collection, rkey, record_json, version FROM repo_records
     WHERE repo GLOBAL IN (SELECT did FROM given_dids)`,
    ACCOUNT_RECORD,
    {},
    { ...CALL, lists: [didList(dids)] },
  );
  for await (const chunk of chunks) yield* chunk;
}

const CHANGED_RECORD = shape({ repo: string, collection: string, rkey: string });

/** The records of these accounts that were written or deleted after a time, by their revs. */
export async function* changedRecords(
  clickhouse: ClickHouse,
  dids: readonly string[],
  afterMicros: number,
): AsyncGenerator<RowOf<typeof CHANGED_RECORD>> {
  const chunks = clickhouse.stream(
    `SELECT repo, toString(collection) AS collection, ${RECORD_RKEY} AS rkey FROM record_rows
     WHERE bitShiftRight(${RECORD_VERSION}, 11) > {after:UInt64}
       AND repo GLOBAL IN (SELECT did FROM given_dids)
     UNION ALL
     SELECT did AS repo, 'app.bsky.feed.post' AS collection, rkey FROM post_rows
     WHERE bitShiftRight(version, 11) > {after:UInt64} AND did GLOBAL IN (SELECT did FROM given_dids)`,
    CHANGED_RECORD,
    { after: afterMicros },
    { ...CALL, lists: [didList(dids)] },
  );
  for await (const chunk of chunks) yield* chunk;
}

const GONE_BELOW = shape({ did: string, below: version });

/** The version up to which an account's records are gone, by its last deletion or #sync, for those that had one; whatever its status is. */
export function goneBelow(clickhouse: ClickHouse, dids: readonly string[]): Promise<RowOf<typeof GONE_BELOW>[]> {
  return clickhouse.query(
    `SELECT did, max(gone_below) AS below FROM (
       SELECT did, version AS gone_below FROM actor_status FINAL
       WHERE is_deletion = 1 AND did GLOBAL IN (SELECT did FROM given_dids)
       UNION ALL
       SELECT did, toUInt64(greatest(version, 1) - 1) FROM repo_syncs FINAL
       WHERE did GLOBAL IN (SELECT did FROM given_dids)
     ) GROUP BY did`,
    GONE_BELOW,
    {},
    { ...CALL, lists: [didList(dids)] },
  );
}

const CALL: CallOptions = { timeoutMs: 1_800_000, settings: { max_threads: 2 } };
