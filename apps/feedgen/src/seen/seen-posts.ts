/** What viewers were shown before, over all instances: for feeds with `hideSeen`. */
export interface SeenPosts {
  /**
   * What this viewer had seen at `mark`, that of the cursor; without one, until now. Never rejects and waits for a few hundred
   * milliseconds at most: what can't be read counts as not seen, and a metric says so.
   */
  view(viewerDid: string, mark: string | undefined): Promise<SeenView>;
  /** Notes that these posts were shown. Returns at once. */
  add(viewerDid: string, uris: readonly string[]): void;
}

/** A snapshot: it stays as it is while a viewer reads on with one cursor, so that a page is a slice. */
export interface SeenView {
  has(uri: string): boolean;
  /** Names the snapshot in cursors: letters, digits, `.` and `_`, at most 32. */
  readonly mark: string;
}

/** Of whom nothing is known. */
export const NOTHING_SEEN: SeenView = { has: () => false, mark: '0' };
