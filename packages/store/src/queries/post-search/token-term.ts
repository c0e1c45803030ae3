import { FOLD_TOKEN, foldAccents, isFolded } from '@updraft/atproto';

/**
 * Words with or without their accents, words that are neighbours in this order as written, and marks. A post must have all of
 * them. See postTokens() of @updraft/atproto.
 */
export interface TokenTerm {
  readonly words: readonly string[];
  readonly phrases: readonly (readonly string[])[];
  readonly marks: readonly string[];
}

/** Adds a parameter with this value to the statement, and gives its placeholder in the SQL. */
export type Bind = (value: string | readonly string[], type: string) => string;

/** The tokens that the index is asked for. A word with any accents is found by its form without them, which both spellings have. */
export function tokensOf(term: TokenTerm): string[] {
  return [...new Set([...term.words.map(foldAccents), ...term.phrases.flat(), ...term.marks])];
}

/** What has() doesn't check of a phrase: that its words are neighbours, or that its only word is in a text and not among the folds. */
export function asWritten(term: TokenTerm, bind: Bind): string[] {
  return term.phrases.flatMap((phrase) => {
    if (phrase.length > 1) return [`hasSubstr(tokens, ${bind(phrase, 'Array(String)')})`];
    return phrase.filter(isFolded).map((word) => isBeforeFolds(bind(word, 'String')));
  });
}

/** The tokens of a post's texts, without the words that folding adds. */
export const WRITTEN_TOKENS = `if(has(tokens, '${FOLD_TOKEN}'), arraySlice(tokens, 1, indexOf(tokens, '${FOLD_TOKEN}') - 1), tokens)`;

/** For a post that has this token somewhere. */
export function isBeforeFolds(word: string): string {
  return `(indexOf(tokens, '${FOLD_TOKEN}') = 0 OR indexOf(tokens, ${word}) < indexOf(tokens, '${FOLD_TOKEN}'))`;
}
