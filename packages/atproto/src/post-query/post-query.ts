/** Words in any accents, phrases, and marks; a post matches the term when it has all of them. */
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

/** A query whose accounts are not looked up yet. */
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

/** A malformed query; `position` is the 0-based character of the fault. */
export class QuerySyntaxError extends Error {
  override name = 'QuerySyntaxError';
  readonly position: number;

  constructor(position: number, message: string) {
    super(`at character ${position + 1}: ${message}`);
    this.position = position;
  }
}
