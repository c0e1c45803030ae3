import { didList } from '../../clickhouse/lists.ts';
import type { ClickHouse } from '../../clickhouse/types.ts';
import { string } from '../../row-binary/codecs.ts';
import { shape } from '../../row-binary/shape.ts';
import { isVisibleRecord } from '../../tables/record-rows.ts';

/** Those of the accounts that ask not to be recommended. The lexicon says that a missing record means false. */
export async function optedOutAccounts(clickhouse: ClickHouse, dids: readonly string[]): Promise<Set<string>> {
  const rows = await clickhouse.query(
    `SELECT repo AS did FROM record_rows FINAL
     WHERE record_hour = 0 AND collection = 'app.bsky.actor.contentVisibilityDeclaration'
       AND repo IN given_dids AND rkey_tid = 0 AND rkey_text = 'self'
       AND JSONExtractRaw(json_rest, 'hideFromAlgorithmicRecommendations') = 'true' AND ${isVisibleRecord}`,
    shape({ did: string }),
    {},
    { lists: [didList(dids)] },
  );
  return new Set(rows.map(({ did }) => did));
}
