import { isFolded } from '@updraft/atproto';
import type { Conditions } from '../fragments.ts';
import { exclusionSql } from './exclusion-sql.ts';
import { asWritten, type Bind, isBeforeFolds, type TokenTerm, tokensOf } from './token-term.ts';

export interface PostFilter {
  readonly include: readonly TokenTerm[];
  readonly exclude: readonly TokenTerm[];
  /** DID; undefined for all. */
  readonly author: string | undefined;
  /** DIDs. */
  readonly excludedAuthors: readonly string[];
  /** Also one of these tokens; absent: any or none. */
  readonly anyOf?: readonly string[];
  /** What else must hold. The index can't answer it: only what the rest has found is read for it. */
  readonly also?: Conditions | undefined;
}

/**
 * Conditions on a post's tokens and author. The text index answers hasAll; neighbours are checked in what is left. Not
 * hasAllTokens: without the index it splits the tokens again, and answers differently.
 */
export function filterSql(filter: PostFilter): { conditions: string[]; params: Record<string, unknown> } {
  const conditions: string[] = [];
  const params: Record<string, unknown> = {};
  const bind = binder('p', params);
  const tokens = [...new Set(filter.include.flatMap(tokensOf))];
  if (tokens.length > 0) conditions.push(`hasAll(tokens, ${bind(tokens, 'Array(String)')})`);
  if (filter.anyOf !== undefined) conditions.push(`hasAny(tokens, ${bind(filter.anyOf, 'Array(String)')})`);
  conditions.push(...filter.include.flatMap((term) => asWritten(term, bind)));
  conditions.push(...exclusionSql(filter.exclude, bind));
  if (filter.author !== undefined) conditions.push(`did = ${bind(filter.author, 'String')}`);
  if (filter.excludedAuthors.length > 0) conditions.push(`did NOT IN ${bind(filter.excludedAuthors, 'Array(String)')}`);
  conditions.push(...(filter.also?.conditions ?? []));
  if (conditions.length === 0) conditions.push('1');
  return { conditions, params: { ...params, ...filter.also?.params } };
}

/**
 * Whether a post has each word of the query as the query spells it, and not only with other accents: 1 or 0. Undefined when there
 * are no such words.
 */
export function spelledSql({
  include,
}: PostFilter): { expression: string; params: Record<string, unknown> } | undefined {
  const words = [...new Set(include.flatMap((term) => term.words))];
  if (words.length === 0) return undefined;
  const params: Record<string, unknown> = {};
  const bind = binder('spelled', params);
  const checks = words.filter(isFolded).map((word) => isBeforeFolds(bind(word, 'String')));
  const expression = [`hasAll(tokens, ${bind(words, 'Array(String)')})`, ...checks].join(' AND ');
  return { expression: `(${expression})`, params };
}

function binder(prefix: string, params: Record<string, unknown>): Bind {
  return (value, type) => {
    const name = `${prefix}${Object.keys(params).length}`;
    params[name] = value;
    return `{${name}:${type}}`;
  };
}
