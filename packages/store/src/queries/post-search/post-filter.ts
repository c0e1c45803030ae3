import { isFolded } from '@updraft/atproto';
import type { PostRules } from '../fragments.ts';
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
  readonly also?: PostRules | undefined;
}

/** The conditions on a post's tokens and author, at least one. */
export function filterSql(filter: PostFilter): { conditions: string[]; params: Record<string, unknown> } {
  const { parts, params } = partsOf(filter);
  const conditions = parts.flatMap((part) => part.conditions);
  return { conditions: conditions.length === 0 ? ['1'] : conditions, params };
}

/** The same as rules with names. */
export function postFilterRules(filter: PostFilter): PostRules {
  const { parts, params } = partsOf(filter);
  return { rules: parts.map(({ name, conditions }) => ({ name, sql: conditions.join(' AND ') })), params };
}

interface Part {
  readonly name: string;
  readonly conditions: readonly string[];
}

/**
 * The text index answers hasAll; neighbours are checked in what is left. Not hasAllTokens: without the index it splits the tokens again, and
 * answers differently.
 */
function partsOf(filter: PostFilter): { parts: Part[]; params: Record<string, unknown> } {
  const { include, exclude, anyOf, author, excludedAuthors, also } = filter;
  const params: Record<string, unknown> = {};
  const bind = binder('p', params);
  const tokens = [...new Set(include.flatMap(tokensOf))];
  const parts: Part[] = [
    { name: 'words', conditions: tokens.length === 0 ? [] : [`hasAll(tokens, ${bind(tokens, 'Array(String)')})`] },
    { name: 'any of', conditions: anyOf === undefined ? [] : [`hasAny(tokens, ${bind(anyOf, 'Array(String)')})`] },
    { name: 'words as written', conditions: include.flatMap((term) => asWritten(term, bind)) },
    { name: 'excluded words', conditions: exclusionSql(exclude, bind) },
    { name: 'from', conditions: author === undefined ? [] : [`did = ${bind(author, 'String')}`] },
    {
      name: 'not from',
      conditions: excludedAuthors.length === 0 ? [] : [`did NOT IN ${bind(excludedAuthors, 'Array(String)')}`],
    },
    ...(also?.rules ?? []).map(({ name, sql }) => ({ name, conditions: [sql] })),
  ];
  return { parts: parts.filter(({ conditions }) => conditions.length > 0), params: { ...params, ...also?.params } };
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
