/** Where a list was left. */
interface Place {
  readonly offset: number;
  /** How long the list was, so that it has its height before its first page comes. */
  readonly count: number;
}

const nameOf = (feed: string, search: string): string => `members ${feed} ${search}`;

/** Remembers, for this tab, where the list stands. */
export function keepPlace(feed: string, search: string, place: Place): void {
  try {
    sessionStorage.setItem(nameOf(feed, search), JSON.stringify(place));
  } catch {
    // A browser that keeps nothing, or has no room: the list begins at its top then.
  }
}

export function readPlace(feed: string, search: string): Place {
  try {
    const { offset, count } = JSON.parse(sessionStorage.getItem(nameOf(feed, search)) ?? '{}') as Partial<Place>;
    if (Number.isFinite(offset) && Number.isSafeInteger(count)) return { offset: offset ?? 0, count: count ?? 0 };
  } catch {
    // As above.
  }
  return { offset: 0, count: 0 };
}
