/*
 * In: what is wanted, and a row. Out: whether it is.
 * Keeps: plans and blocks may bring more than was asked for, so every row is checked; a wanted one is never left out.
 */

import type { EventKind, StreamFilter } from '../host.ts';
import { ROW_KIND, type SegmentRow } from '../segment/row.ts';

/** What is wanted of the archive. Collections narrow commits only; the kinds say whether other events come. */
export interface RowFilter extends Pick<StreamFilter, 'kinds' | 'dids' | 'collections'> {
  /** Exclusive. */
  readonly afterSeq: number;
  /** Inclusive. */
  readonly beforeSeq: number;
}

/** Tells for each row whether it is wanted. */
export function createRowFilter(filter: RowFilter): (row: SegmentRow) => boolean {
  const { afterSeq, beforeSeq } = filter;
  const kinds = setOf<EventKind>(filter.kinds);
  const dids = setOf(filter.dids);
  const wantsCollection = createCollectionFilter(filter.collections);
  return (row) => {
    if (row.seq <= afterSeq || row.seq > beforeSeq) return false;
    if (dids !== undefined && !dids.has(row.did)) return false;
    const kind = KINDS.get(row.kind) ?? 'commit';
    if (kinds !== undefined && !kinds.has(kind)) return false;
    return kind !== 'commit' || row.collection === '' || wantsCollection(row.collection);
  };
}

/** Tells whether a collection is among NSIDs and `prefix.*`; all are when there are none of them. */
export function createCollectionFilter(patterns: readonly string[] = []): (collection: string) => boolean {
  if (patterns.length === 0) return () => true;
  const exact = new Set(patterns);
  const prefixes = patterns.filter((pattern) => pattern.endsWith('.*')).map((pattern) => pattern.slice(0, -1));
  return (collection) => exact.has(collection) || prefixes.some((prefix) => collection.startsWith(prefix));
}

const KINDS: ReadonlyMap<number, EventKind> = new Map([
  [ROW_KIND.identity, 'identity'],
  [ROW_KIND.account, 'account'],
  [ROW_KIND.sync, 'sync'],
]);

function setOf<T>(values: readonly T[] | undefined): ReadonlySet<T> | undefined {
  return values === undefined || values.length === 0 ? undefined : new Set(values);
}
