import { createList, didList } from '../../clickhouse/lists.ts';
import type { ClickHouse } from '../../clickhouse/types.ts';
import { dateTime64Ms, string } from '../../row-binary/codecs.ts';
import { shape } from '../../row-binary/shape.ts';
import { didOfUri, subjectsOf } from './subjects.ts';

export interface GivenLabel {
  readonly val: string;
  readonly src: string;
}

/** A label that its labeler has not taken back. */
export interface StoredLabel extends GivenLabel {
  /** When it ends, in ms since 1970; 0 when it does not. */
  readonly expMs: number;
}

/** The labels of these values that labelers put on the posts, on their accounts and on the profiles, by the subject. */
export async function labelsInForce(
  clickhouse: ClickHouse,
  uris: readonly string[],
  { values, nowMs }: { readonly values: readonly string[]; readonly nowMs: number },
): Promise<Map<string, GivenLabel[]>> {
  return inForce(await storedLabels(clickhouse, subjectsOf(uris), values), nowMs);
}

/** The labels of these values on these DIDs and records, by the subject, also those that have expired. */
export async function storedLabels(
  clickhouse: ClickHouse,
  subjects: readonly string[],
  values: readonly string[],
): Promise<Map<string, StoredLabel[]>> {
  if (subjects.length === 0) return new Map();
  // Two sets: one of pairs would take half as long again.
  const rows = await clickhouse.query(
    `SELECT uri, val, src, exp AS exp_ms FROM labels FINAL
     WHERE did IN given_dids AND uri IN given_subjects AND val IN {values:Array(String)} AND neg = 0
     ORDER BY uri, val, src`,
    shape({ uri: string, val: string, src: string, expMs: dateTime64Ms }),
    { values },
    {
      lists: [
        didList([...new Set(subjects.map((subject) => (subject.startsWith('at://') ? didOfUri(subject) : subject)))]),
        createList(
          'given_subjects',
          { uri: string },
          subjects.map((uri) => ({ uri })),
        ),
      ],
    },
  );
  const labels = new Map<string, StoredLabel[]>();
  for (const { uri, ...label } of rows) labels.set(uri, [...(labels.get(uri) ?? []), label]);
  return labels;
}

/** Without those that have expired; subjects without any are left out. */
export function inForce(
  stored: Iterable<readonly [subject: string, labels: readonly StoredLabel[]]>,
  nowMs: number,
): Map<string, GivenLabel[]> {
  const labels = new Map<string, GivenLabel[]>();
  for (const [subject, all] of stored) {
    const lasting = all.filter(({ expMs }) => expMs === 0 || expMs > nowMs).map(({ val, src }) => ({ val, src }));
    if (lasting.length > 0) labels.set(subject, lasting);
  }
  return labels;
}
