import { didList } from '../../clickhouse/lists.ts';
import type { ClickHouse } from '../../clickhouse/types.ts';
import { arrayOfStrings, string } from '../../row-binary/codecs.ts';
import { shape } from '../../row-binary/shape.ts';
import { isVisibleRecord, RECORD_VERSION } from '../../tables/record-rows.ts';

/**
 * The self-labels of those of these accounts' profiles that have one of these values. Many accounts say `!no-unauthenticated`, few anything
 * that a feed asks for, so few profiles are looked up; a label holds while the profile is as it was when it was labelled.
 */
export async function profileLabels(
  clickhouse: ClickHouse,
  dids: readonly string[],
  values: readonly string[],
): Promise<Map<string, readonly string[]>> {
  const labelled = await clickhouse.query(
    `SELECT actor_did AS did, CAST(labels, 'Array(String)') AS labels, toString(version) AS record_version
     FROM profile_labels FINAL WHERE actor_did IN given_dids AND hasAny(labels, {values:Array(String)})`,
    shape({ did: string, labels: arrayOfStrings, recordVersion: string }),
    { values },
    { lists: [didList(dids)] },
  );
  if (labelled.length === 0) return new Map();
  const current = await clickhouse.query(
    `SELECT repo AS did, toString(${RECORD_VERSION}) AS record_version FROM record_rows FINAL
     WHERE record_hour = 0 AND collection = 'app.bsky.actor.profile'
       AND repo IN given_dids AND rkey_tid = 0 AND rkey_text = 'self' AND ${isVisibleRecord}`,
    shape({ did: string, recordVersion: string }),
    {},
    { lists: [didList(labelled.map(({ did }) => did))] },
  );
  const versions = new Map(current.map(({ did, recordVersion }) => [did, recordVersion]));
  const holding = labelled.filter(({ did, recordVersion }) => versions.get(did) === recordVersion);
  return new Map(holding.map(({ did, labels }) => [did, labels]));
}
