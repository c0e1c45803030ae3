import { QuerySyntaxError } from './post-query.ts';

/** One piece of a query between spaces. */
export interface Piece {
  /** Where it begins in the query, with its `-`. */
  readonly position: number;
  readonly isExcluded: boolean;
  /** Without `-` and quotes. */
  readonly text: string;
  readonly isQuoted: boolean;
  /** `alt:` stood before it; of an unquoted one it is still in the text. */
  readonly isAlt: boolean;
}

/** Cuts a query at spaces outside quotes. Throws a QuerySyntaxError for a quote that is empty or not closed. */
export function splitQuery(query: string): Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  while (at < query.length) {
    if (SPACE.test(query.charAt(at))) {
      at++;
      continue;
    }
    const isExcluded = query.charAt(at) === '-';
    const start = isExcluded ? at + 1 : at;
    const opening = start + (QUOTED_ALT.exec(query.slice(start, start + 5))?.[1]?.length ?? 0);
    const isQuoted = QUOTE.test(query.charAt(opening));
    const end = isQuoted ? closingQuote(query, opening) : endOfWord(query, start);
    const text = query.slice(isQuoted ? opening + 1 : start, end);
    if (isQuoted && text.trim() === '') throw new QuerySyntaxError(at, 'there is nothing within the quotes');
    if (text !== '') pieces.push({ position: at, isExcluded, text, isQuoted, isAlt: opening > start });
    at = isQuoted ? end + 1 : end;
  }
  return pieces;
}

const SPACE = /\s/;
/** The straight quote, and those that phones replace it with. */
const QUOTE = /["“”„]/;
const QUOTED_ALT = /^(alt[:：])["“”„]/i;

function closingQuote(query: string, opening: number): number {
  for (let at = opening + 1; at < query.length; at++) if (QUOTE.test(query.charAt(at))) return at;
  throw new QuerySyntaxError(opening, 'this quote is not closed');
}

function endOfWord(query: string, start: number): number {
  let at = start;
  while (at < query.length && !SPACE.test(query.charAt(at)) && !QUOTE.test(query.charAt(at))) at++;
  return at;
}
