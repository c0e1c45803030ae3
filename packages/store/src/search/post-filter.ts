import { exclusionSql } from './exclusion-sql.ts';

/** Words that stand side by side in this order, and marks; all of it holds for a post. See postTokens() of @updraft/atproto. */
export interface TokenTerm {
  readonly phrases: readonly (readonly string[])[];
  readonly marks: readonly string[];
}

export interface PostFilter {
  readonly include: readonly TokenTerm[];
  readonly exclude: readonly TokenTerm[];
  /** DID; undefined for all. */
  readonly author: string | undefined;
  /** DIDs. */
  readonly excludedAuthors: readonly string[];
  /** One of these tokens besides; absent: any or none. */
  readonly anyOf?: readonly string[];
}

/**
 * Conditions on a post's tokens and author. The text index answers hasAll, and neighbours are looked at in what is left. Not
 * hasAllTokens: without the index that one splits the tokens again, and answers differently.
 */
export function filterSql(filter: PostFilter): { conditions: string[]; params: Record<string, unknown> } {
  const conditions: string[] = [];
  const params: Record<string, unknown> = {};
  const bind = (value: string | readonly string[], type: string) => {
    const name = `p${Object.keys(params).length}`;
    params[name] = value;
    return `{${name}:${type}}`;
  };
  const tokens = [...new Set(filter.include.flatMap(tokensOf))];
  if (tokens.length > 0) conditions.push(`hasAll(tokens, ${bind(tokens, 'Array(String)')})`);
  if (filter.anyOf !== undefined) conditions.push(`hasAny(tokens, ${bind(filter.anyOf, 'Array(String)')})`);
  for (const phrase of filter.include.flatMap(longPhrases)) {
    conditions.push(`hasSubstr(tokens, ${bind(phrase, 'Array(String)')})`);
  }
  const exclusions = filter.exclude.map((term) => ({
    tokens: tokensOf(term),
    checks: longPhrases(term).map((phrase) => `hasSubstr(tokens, ${bind(phrase, 'Array(String)')})`),
    phrase: longPhrases(term)[0],
  }));
  conditions.push(...exclusionSql(exclusions, bind));
  if (filter.author !== undefined) conditions.push(`did = ${bind(filter.author, 'String')}`);
  if (filter.excludedAuthors.length > 0) conditions.push(`did NOT IN ${bind(filter.excludedAuthors, 'Array(String)')}`);
  if (conditions.length === 0) conditions.push('1');
  return { conditions, params };
}

function tokensOf(term: TokenTerm): string[] {
  return [...new Set([...term.phrases.flat(), ...term.marks])];
}

function longPhrases(term: TokenTerm): (readonly string[])[] {
  return term.phrases.filter((phrase) => phrase.length > 1);
}
