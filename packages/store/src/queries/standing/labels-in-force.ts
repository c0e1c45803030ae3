import { createList, didList } from '../../clickhouse/lists.ts';
import type { ClickHouse } from '../../clickhouse/types.ts';
import { string } from '../../row-binary/codecs.ts';
import { shape } from '../../row-binary/shape.ts';
import { didOfUri, profileUri } from './subjects.ts';

export interface GivenLabel {
  readonly val: string;
  readonly src: string;
}

/** The labels of these values that labelers put on the posts, on their accounts and on the profiles, by the subject. */
export async function labelsInForce(
  clickhouse: ClickHouse,
  uris: readonly string[],
  { values, nowMs }: { readonly values: readonly string[]; readonly nowMs: number },
): Promise<Map<string, GivenLabel[]>> {
  const dids = [...new Set(uris.map(didOfUri))];
  const subjects = [...uris, ...dids, ...dids.map(profileUri)].map((uri) => ({ uri }));
  // Two sets: one of pairs would take half as long again.
  const rows = await clickhouse.query(
    `SELECT uri, val, src FROM labels FINAL
     WHERE did IN given_dids AND uri IN given_subjects AND val IN {values:Array(String)} AND neg = 0
       AND (exp = toDateTime64(0, 3, 'UTC') OR exp > fromUnixTimestamp64Milli({nowMs:Int64}, 'UTC'))
     ORDER BY uri, val, src`,
    shape({ uri: string, val: string, src: string }),
    { values, nowMs },
    { lists: [didList(dids), createList('given_subjects', { uri: string }, subjects)] },
  );
  const labels = new Map<string, GivenLabel[]>();
  for (const { uri, val, src } of rows) labels.set(uri, [...(labels.get(uri) ?? []), { val, src }]);
  return labels;
}
