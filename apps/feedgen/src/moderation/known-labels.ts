import {
  type ClickHouse,
  createLabelChanges,
  type GivenLabel,
  inForce,
  type StoredLabel,
  storedLabels,
  subjectsOf,
} from '@updraft/store';
import { LRUCache } from 'lru-cache';

/** Posts, accounts and profiles, three for most posts: those of the builds of some dozens of large feeds. */
const MAX_SUBJECTS = 500_000;
/** What a change of the table may do that is no label, such as an erasure, is seen after this time. */
const KNOWN_FOR_MS = 600_000;

/**
 * Gives the labels in force at `nowMs` on posts, and on their accounts and profiles, by the subject. What is known is kept, and only what is new or has
 * changed since is read: most posts of a build were in the one before.
 */
export function createKnownLabels(
  clickhouse: ClickHouse,
  values: readonly string[],
): (uris: readonly string[], nowMs: number) => Promise<ReadonlyMap<string, readonly GivenLabel[]>> {
  const known = new LRUCache<string, readonly StoredLabel[]>({ max: MAX_SUBJECTS, ttl: KNOWN_FOR_MS });
  const changes = createLabelChanges(clickhouse, values);

  return async (uris, nowMs) => {
    // Before anything is read: what a read that began earlier notes later is named here again, for as long as a read may take.
    const changed = await changes.next();
    if (changed === undefined) known.clear();
    for (const subject of changed ?? []) known.delete(subject);
    const labels = new Map<string, readonly StoredLabel[]>();
    const unknown: string[] = [];
    for (const subject of subjectsOf(uris)) {
      const found = known.get(subject);
      if (found === undefined) unknown.push(subject);
      else if (found.length > 0) labels.set(subject, found);
    }
    const read = await storedLabels(clickhouse, unknown, values);
    for (const subject of unknown) known.set(subject, read.get(subject) ?? NONE);
    for (const [subject, found] of read) labels.set(subject, found);
    return inForce(labels, nowMs);
  };
}

const NONE: readonly StoredLabel[] = [];
