/** What a row of a segment says, as the format numbers it. */
export const ROW_KIND = {
  create: 1,
  update: 2,
  delete: 3,
  identity: 4,
  account: 5,
  sync: 6,
  /** A create that replaces what a `sync` put out of sight; live it can't be told from a create. */
  createAfterSync: 7,
} as const;

/** One row of a segment. A delete has no payload; identity and account rows have no collection, rkey and rev. */
export interface SegmentRow {
  readonly seq: number;
  /** When the server saw the event, in microseconds since 1970. */
  readonly witnessedAt: number;
  /** A time that an operator imported, in microseconds; 0: none, `witnessedAt` counts. */
  readonly indexedAt: number;
  /** One of ROW_KIND, or what a later version of the format adds. */
  readonly kind: number;
  readonly did: string;
  readonly collection: string;
  readonly rkey: string;
  readonly rev: string;
  /** DAG-CBOR: the record, or the upstream event of an identity, account or sync row. */
  readonly payload: Uint8Array;
}

/** The smallest and largest seq and witnessed time. Of a block that was compacted they are those of its first version. */
export interface Bounds {
  readonly minSeq: number;
  readonly maxSeq: number;
  readonly minWitnessedAt: number;
  readonly maxWitnessedAt: number;
}

const NO_BOUNDS: Bounds = { minSeq: 0, maxSeq: 0, minWitnessedAt: 0, maxWitnessedAt: 0 };

/** The bounds of rows; all 0 when there are none. */
export function boundsOf(rows: readonly Pick<SegmentRow, 'seq' | 'witnessedAt'>[]): Bounds {
  return joinBounds(
    rows.map(({ seq, witnessedAt }) => ({
      minSeq: seq,
      maxSeq: seq,
      minWitnessedAt: witnessedAt,
      maxWitnessedAt: witnessedAt,
    })),
  );
}

/** The bounds around several; all 0 when there are none. */
export function joinBounds(parts: readonly Bounds[]): Bounds {
  const [first, ...rest] = parts;
  if (first === undefined) return NO_BOUNDS;
  const joined = { ...first };
  for (const part of rest) {
    joined.minSeq = Math.min(joined.minSeq, part.minSeq);
    joined.maxSeq = Math.max(joined.maxSeq, part.maxSeq);
    joined.minWitnessedAt = Math.min(joined.minWitnessedAt, part.minWitnessedAt);
    joined.maxWitnessedAt = Math.max(joined.maxWitnessedAt, part.maxWitnessedAt);
  }
  return joined;
}
