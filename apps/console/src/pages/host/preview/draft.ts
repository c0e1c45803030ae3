/** Settings that are being written. */
export interface Draft {
  readonly text: string;
  /** Of the settings that the text began with. */
  readonly version: number;
}

/** Kept for this tab: nothing of it is saved elsewhere yet. */
const keptAs = (feed: string): string => `settings ${feed}`;

export function keptDraft(feed: string): Draft | undefined {
  try {
    const kept = JSON.parse(sessionStorage.getItem(keptAs(feed)) ?? 'null') as Partial<Draft> | null;
    return typeof kept?.text === 'string' && typeof kept.version === 'number'
      ? { text: kept.text, version: kept.version }
      : undefined;
  } catch {
    return undefined;
  }
}

export function keepDraft(feed: string, draft: Draft | undefined): void {
  try {
    if (draft === undefined) sessionStorage.removeItem(keptAs(feed));
    else sessionStorage.setItem(keptAs(feed), JSON.stringify(draft));
  } catch {
    // A browser that keeps nothing: the text lives as long as the page.
  }
}
