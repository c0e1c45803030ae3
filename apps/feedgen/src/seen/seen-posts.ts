/** What viewers were shown before, over all instances: for feeds with `hideSeen`. */
export interface SeenPosts {
  /**
   * What this viewer has seen. `cursor` is that of the page which they ask for: of a page that was given before, what they had seen then,
   * so that they get the same page again. Never rejects and waits for a few hundred milliseconds at most: what can't be read counts as not
   * seen, and a metric says so.
   */
  view(viewerDid: string, cursor?: string): Promise<SeenView>;
  /** Notes that these posts were shown, by the page of this cursor or in another way. Returns at once. */
  add(viewerDid: string, uris: readonly string[], cursor?: string): void;
}

export interface SeenView {
  has(uri: string): boolean;
}
