/** The answer of GET /stats/collections. */
export interface CollectionStats {
  readonly updated_at: string;
  readonly days: readonly CollectionDay[];
}

export interface CollectionDay {
  readonly date: string;
  readonly collections: readonly CollectionCounts[];
}

export interface CollectionCounts {
  readonly collection: string;
  readonly creates: number;
  readonly updates: number;
  readonly deletes: number;
}

export interface CollectionTotal extends CollectionCounts {
  readonly operations: number;
}

/** Of all days, the busiest first. */
export function collectionTotals(days: readonly CollectionDay[]): CollectionTotal[] {
  const all = days.flatMap(({ collections }) => collections);
  const totals = [...Map.groupBy(all, ({ collection }) => collection)].map(([collection, counts]) => {
    const sum = (count: 'creates' | 'updates' | 'deletes') => counts.reduce((total, each) => total + each[count], 0);
    const [creates, updates, deletes] = [sum('creates'), sum('updates'), sum('deletes')];
    return { collection, creates, updates, deletes, operations: creates + updates + deletes };
  });
  return totals.toSorted((a, b) => b.operations - a.operations || (a.collection < b.collection ? -1 : 1));
}

/** One collection by day; a day without it has zeros. */
export function daysOfCollection(days: readonly CollectionDay[], collection: string): CollectionCounts[] {
  const none = { collection, creates: 0, updates: 0, deletes: 0 };
  return days.map(({ collections }) => collections.find((counts) => counts.collection === collection) ?? none);
}
