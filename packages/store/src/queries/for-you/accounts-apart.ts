import { didList } from '../../clickhouse/lists.ts';
import type { CallOptions, ClickHouse } from '../../clickhouse/types.ts';
import { string } from '../../row-binary/codecs.ts';
import { shape } from '../../row-binary/shape.ts';
import { isVisible } from '../../tables/hidden-actors.ts';

/** Those of the accounts that block this one, or that it blocks. */
export async function accountsApart(
  clickhouse: ClickHouse,
  viewerDid: string,
  dids: readonly string[],
  options: CallOptions = {},
): Promise<Set<string>> {
  if (dids.length === 0) return new Set();
  const call = { ...options, lists: [didList(dids)] };
  const both = await Promise.all(
    [BLOCKED_BY_VIEWER, BLOCKING_VIEWER].map((sql) => clickhouse.query(sql, DID, { viewerDid }, call)),
  );
  return new Set(both.flat().map(({ did }) => did));
}

const DID = shape({ did: string });

const BLOCKED_BY_VIEWER = `
SELECT DISTINCT subject_did AS did FROM blocks FINAL
WHERE actor_did = {viewerDid:String} AND subject_did IN given_dids AND ${isVisible}`;

/** Few rows are of this subject: only those are looked at as FINAL does, by their whole keys. */
const BLOCKING_VIEWER = `
SELECT DISTINCT actor_did AS did FROM blocks FINAL
WHERE (actor_did, rkey) IN (
    SELECT actor_did, rkey FROM blocks
    WHERE actor_did IN given_dids AND subject_key = sipHash64({viewerDid:String}))
  AND subject_did = {viewerDid:String} AND ${isVisible}`;
