/** Words in any accents, words that stand side by side in this order, and marks: all of it holds for a post, or the term does not. */
export interface Term {
  readonly words: readonly string[];
  readonly phrases: readonly (readonly string[])[];
  readonly marks: readonly string[];
}

/** An account as the query names it: a DID, a handle in lower case, or `me` (the viewer). */
export interface AccountTerm {
  readonly identifier: string;
  readonly isExcluded: boolean;
}

/** What a query asks, accounts not yet looked up. */
export interface PostQuery {
  readonly include: readonly Term[];
  readonly exclude: readonly Term[];
  readonly authors: readonly AccountTerm[];
  readonly mentions: readonly AccountTerm[];
  /** Milliseconds since 1970: `sort_at >= sinceMs`. */
  readonly sinceMs: number | undefined;
  /** `sort_at < untilMs`. */
  readonly untilMs: number | undefined;
}

/** A query that can't be understood; `position` is the 0-based character where that shows. */
export class QuerySyntaxError extends Error {
  override name = 'QuerySyntaxError';
  readonly position: number;

  constructor(position: number, message: string) {
    super(`at character ${position + 1}: ${message}`);
    this.position = position;
  }
}
