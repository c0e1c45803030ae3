import type { GroundTruth, TrueRow } from '@updraft/simulator';

/** What follows from the truth beside the rows of tables, as rows that a query should give. */

/** Every record's last operation, deletions too. */
export function* lastOperations(truth: GroundTruth): Generator<TrueRow> {
  for (const { commit, version } of truth.records.values()) {
    yield { repo: commit.did, collection: commit.collection, rkey: commit.rkey, operation: commit.operation, version };
  }
}

/** Operations by collection and kind, from `operationCounts()`. */
export function* operationRows(counts: ReadonlyMap<string, number>): Generator<TrueRow> {
  for (const [name, count] of counts) {
    const [collection = '', operation = ''] = name.split(' ');
    yield { collection, operation, count };
  }
}

export function* shownRecords(truth: GroundTruth): Generator<TrueRow> {
  for (const record of truth.records.values()) {
    const { did: repo, collection, rkey } = record.commit;
    if (truth.shows(record)) yield { repo, collection, rkey, version: record.version };
  }
}

export function* countRowsOf(counts: ReadonlyMap<string, number>, key: string): Generator<TrueRow> {
  for (const [name, count] of counts) yield { [key]: name, count };
}

const HIDES_ALL = 2n ** 64n - 1n;

export function* hiddenRows(truth: GroundTruth): Generator<TrueRow> {
  for (const did of new Set([...truth.statuses.keys(), ...truth.deletions.keys(), ...truth.syncs.keys()])) {
    const [status, deletion] = [truth.statuses.get(did), truth.deletions.get(did)];
    const isActive =
      status === undefined ? deletion === undefined : status.active && status.micros > (deletion?.micros ?? -1n);
    const rev = truth.syncs.get(did)?.rev;
    const synced = rev === undefined ? 0n : 2n * ((rev.micros << 10n) | rev.clockId) - 1n;
    const deleted = (deletion?.micros ?? 0n) << 11n;
    yield { did, hidden_below: isActive ? (synced > deleted ? synced : deleted) : HIDES_ALL };
  }
}

export function rejectedRows(truth: GroundTruth): Iterable<TrueRow> {
  const rows = new Map<string, { reason: string; did: string; kind: string; collection: string; count: number }>();
  for (const { reason, did, kind, collection } of truth.rejected.values()) {
    const key = JSON.stringify([reason, did, kind, collection]);
    const row = rows.get(key) ?? { reason, did, kind, collection, count: 0 };
    row.count += 1;
    rows.set(key, row);
  }
  return rows.values();
}
