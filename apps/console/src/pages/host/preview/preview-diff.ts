/** A post of either list. */
export interface PreviewRow {
  readonly uri: string;
  /** Its place in the present list, from 1. */
  readonly before: number | undefined;
  /** Its place in the changed list, from 1. */
  readonly after: number | undefined;
  readonly change: 'kept' | 'came' | 'went' | 'moved';
}

export interface PreviewDiff {
  readonly present: readonly PreviewRow[];
  readonly changed: readonly PreviewRow[];
}

/**
 * What a change does to a list. A post that others only push down or let up is kept: `moved` are the fewest posts that
 * must change their order, so that [a, b, c] → [x, c, a, b] says that x came and c moved.
 */
export function diffPreview(present: readonly string[], changed: readonly string[]): PreviewDiff {
  const before = placesOf(present);
  const after = placesOf(changed);
  const common = changed.filter((uri) => before.has(uri));
  const kept = new Set(longestRising(common, (uri) => before.get(uri) ?? 0));
  const row = (uri: string): PreviewRow => {
    const places = { uri, before: before.get(uri), after: after.get(uri) };
    if (places.before === undefined) return { ...places, change: 'came' };
    if (places.after === undefined) return { ...places, change: 'went' };
    return { ...places, change: kept.has(uri) ? 'kept' : 'moved' };
  };
  return { present: [...before.keys()].map(row), changed: [...after.keys()].map(row) };
}

/** How many posts came, went and moved. */
export function countChanges({ present, changed }: PreviewDiff): Record<'came' | 'went' | 'moved', number> {
  const count = (rows: readonly PreviewRow[], change: PreviewRow['change']) =>
    rows.filter((row) => row.change === change).length;
  return { came: count(changed, 'came'), went: count(present, 'went'), moved: count(changed, 'moved') };
}

/** A post that stands twice has its first place. */
function placesOf(uris: readonly string[]): Map<string, number> {
  return new Map([...new Set(uris)].map((uri, index) => [uri, index + 1]));
}

/** One of the longest parts of the list whose values rise. The lists are short: the square of their length is little. */
function longestRising<T>(list: readonly T[], valueOf: (item: T) => number): readonly T[] {
  const best: { readonly length: number; readonly from: number }[] = [];
  for (const [index, item] of list.entries()) {
    let length = 1;
    let from = -1;
    for (let other = 0; other < index; other++) {
      const found = best[other]?.length ?? 0;
      if (valueOf(list[other] as T) < valueOf(item) && found >= length) [length, from] = [found + 1, other];
    }
    best.push({ length, from });
  }
  const rising: T[] = [];
  const longest = Math.max(0, ...best.map(({ length }) => length));
  for (let at = best.findIndex(({ length }) => length === longest); at >= 0; at = best[at]?.from ?? -1)
    rising.unshift(list[at] as T);
  return rising;
}
