import { NO_HANDLE } from '@updraft/atproto';
import { didList } from '../clickhouse/lists.ts';
import { readValue } from '../clickhouse/read-value.ts';
import type { ClickHouse } from '../clickhouse/types.ts';
import { string, version } from '../row-binary/codecs.ts';
import { type RowOf, shape } from '../row-binary/shape.ts';
import { defineTable } from '../row-binary/table.ts';

/** The condition that a row's handle is a real one. */
export const isValidHandle = `handle NOT IN ('', '${NO_HANDLE}')`;

/** From an identity event with a handle. */
export const actorHandles = defineTable('actor_handles', {
  did: string,
  handle: string,
  /** timeVersion() of orderMicros() of the event: its inner time, or the host's where that had not come. */
  version,
});
export type ActorHandleRow = RowOf<typeof actorHandles>;

/** The account that has the handle now, if one is known. When several claim it, the last claim counts. */
export function didOfHandle(clickhouse: ClickHouse, handle: string): Promise<string | undefined> {
  return readValue(
    clickhouse,
    string,
    `SELECT did AS value FROM actor_handles FINAL WHERE handle = {handle:String} AND ${isValidHandle} ORDER BY version DESC, did LIMIT 1`,
    { handle: handle.toLowerCase() },
  );
}

/** The known handles of these accounts, by DID. */
export async function handlesOf(clickhouse: ClickHouse, dids: readonly string[]): Promise<Map<string, string>> {
  if (dids.length === 0) return new Map();
  const rows = await clickhouse.query(
    `SELECT did, handle FROM actor_handles FINAL WHERE did IN given_dids AND ${isValidHandle}`,
    shape({ did: string, handle: string }),
    {},
    { lists: [didList(dids)] },
  );
  return new Map(rows.map(({ did, handle }) => [did, handle]));
}
