import { readAccountName, withoutInvisible } from '../account-name.ts';
import { domainOf, domainToken } from '../link-tokens.ts';
import { parseTimeMs } from '../rfc3339.ts';
import { altTokens, exactTokens, queryTokens } from '../search-tokens.ts';
import { langToken, MEDIA_TOKEN, tagToken } from '../token-marks.ts';
import { type AccountTerm, type PostQuery, QuerySyntaxError, type Term } from './post-query.ts';
import { type Piece, splitQuery } from './split-query.ts';

/**
 * Reads the query language of searches and of search feeds: words, "phrases", `-` before what a post must not have, `from:`,
 * `mentions:`, `lang:`, `since:`, `until:`, `has:media`, `domain:`, `alt:`, `#tag` and `$TAG`. A post must match all terms. Throws a QuerySyntaxError with the place.
 */
export function parsePostQuery(query: string): PostQuery {
  if (query.length > MAX_QUERY_LENGTH) {
    throw new QuerySyntaxError(MAX_QUERY_LENGTH, `a query may have ${MAX_QUERY_LENGTH} characters`);
  }
  const pieces = splitQuery(query);
  const tooMany = pieces[MAX_PIECES];
  if (tooMany !== undefined) throw new QuerySyntaxError(tooMany.position, `a query may have ${MAX_PIECES} terms`);
  const found: Draft = { include: [], exclude: [], authors: [], mentions: [], sinceMs: undefined, untilMs: undefined };
  for (const piece of pieces) readPiece(piece, found);
  refuseNothing(found, query);
  return found;
}

const MAX_QUERY_LENGTH = 1000;
const MAX_PIECES = 64;

interface Draft {
  include: Term[];
  exclude: Term[];
  authors: AccountTerm[];
  mentions: AccountTerm[];
  sinceMs: number | undefined;
  untilMs: number | undefined;
}

function readPiece(piece: Piece, draft: Draft): void {
  const text = piece.isQuoted ? '' : withoutInvisible(piece.text);
  const [, name = '', value = ''] = OPERATOR.exec(text) ?? [];
  const operator = OPERATORS.get(name.toLowerCase());
  if (operator !== undefined) operator(value, piece, draft);
  else if (TAG.test(text)) addMark(tagToken(text), piece, draft);
  else if (CASHTAG.test(text)) addMark(tagToken(`#${text}`), piece, draft);
  else addText(piece, draft);
}

/** Chinese and Japanese keyboards write `:` and `#` at full width, too. */
const OPERATOR = /^(\w+)[:：](.*)$/su;
const TAG = /^[#＃﹟]./u;
/** As in Bluesky's app, which turns them into tag facets that begin with `$`. */
const CASHTAG = /^[$＄﹩][a-z][a-z0-9]{0,4}$/iu;

type ReadOperator = (value: string, piece: Piece, draft: Draft) => void;

/** Operators by name; any other `name:` is text, as in an address. */
const OPERATORS: ReadonlyMap<string, ReadOperator> = new Map<string, ReadOperator>([
  ['from', (value, piece, draft) => draft.authors.push(readAccount(value, piece))],
  ['mentions', (value, piece, draft) => draft.mentions.push(readAccount(value, piece))],
  ['lang', (value, piece, draft) => addMark(readLang(value, piece), piece, draft)],
  ['has', (value, piece, draft) => addMark(readHas(value, piece), piece, draft)],
  ['domain', (value, piece, draft) => addMark(readDomain(value, piece), piece, draft)],
  ['alt', (value, piece, draft) => addText({ ...piece, text: value, isAlt: true }, draft)],
  ['since', (value, piece, draft) => (draft.sinceMs = Math.max(draft.sinceMs ?? -Infinity, readTime(value, piece)))],
  ['until', (value, piece, draft) => (draft.untilMs = Math.min(draft.untilMs ?? Infinity, readTime(value, piece)))],
]);

function readLang(value: string, { position }: Piece): string {
  if (/^[a-z]{2,3}(-[a-z0-9]{1,8}){0,7}$/i.test(value)) return langToken(value);
  throw new QuerySyntaxError(position, "expected a language such as 'lang:de' or 'lang:zh-Hant'");
}

function readHas(value: string, { position }: Piece): string {
  if (value.toLowerCase() === 'media') return MEDIA_TOKEN;
  throw new QuerySyntaxError(position, "expected 'has:media'");
}

function readDomain(value: string, { position }: Piece): string {
  const domain = domainOf(/^https?:/i.test(value) ? value : `https://${value}`);
  if (domain !== undefined) return domainToken(domain);
  throw new QuerySyntaxError(position, "expected a domain such as 'domain:example.com'");
}

function addMark(mark: string, { isExcluded }: Piece, draft: Draft): void {
  (isExcluded ? draft.exclude : draft.include).push({ words: [], phrases: [], marks: [mark] });
}

/**
 * A word matches in any accents, unless it is quoted or excluded. Punctuation alone matches nothing and is ignored, as it is
 * between words.
 */
function addText(piece: Piece, draft: Draft): void {
  const text = (piece.isQuoted || piece.isExcluded ? exactTokens : queryTokens)(piece.text);
  const term = piece.isAlt ? altTokens(text) : text;
  const isNothing = term.words.length + term.phrases.length + term.marks.length === 0;
  if (!isNothing) (piece.isExcluded ? draft.exclude : draft.include).push(term);
  else if (piece.isAlt) throw new QuerySyntaxError(piece.position, "expected a word, such as 'alt:cat'");
}

function readAccount(value: string, { position, isExcluded }: Piece): AccountTerm {
  if (/^[@＠]?me$/i.test(withoutInvisible(value))) return { identifier: 'me', isExcluded };
  const name = readAccountName(value);
  if (name !== undefined) return { identifier: name.did ?? name.handle, isExcluded };
  throw new QuerySyntaxError(position, "expected a handle or a DID, such as 'from:alice.example.com'");
}

function readTime(value: string, { position, isExcluded }: Piece): number {
  if (isExcluded) throw new QuerySyntaxError(position, 'a time can not be excluded');
  const time = parseTimeMs(/^\d{4}-\d{2}-\d{2}$/.test(value) ? `${value}T00:00:00Z` : value);
  if (time === undefined) {
    throw new QuerySyntaxError(
      position,
      "expected a day or a time with its zone, such as '2026-07-04' or '2026-07-04T12:00:00Z'",
    );
  }
  return time;
}

function refuseNothing(draft: Draft, query: string): void {
  const { include, exclude, authors, mentions, sinceMs, untilMs } = draft;
  const asksNothing = include.length + exclude.length + authors.length + mentions.length === 0;
  if (asksNothing && sinceMs === undefined && untilMs === undefined) {
    throw new QuerySyntaxError(0, query.trim() === '' ? 'the query is empty' : 'the query has nothing to search for');
  }
}
