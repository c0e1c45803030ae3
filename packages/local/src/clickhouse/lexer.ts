/** `name`: a bare word or a quoted identifier; `text` is what it says without quotes. `string`: its raw content. */
export interface Token {
  readonly kind: 'name' | 'string' | 'heredoc' | 'number' | 'symbol';
  readonly text: string;
  /** Written in "…" or `…`: it can be a name, never a keyword. */
  readonly quoted: boolean;
  readonly start: number;
  readonly end: number;
}

/**
 * The tokens of a ClickHouse statement without white space and comments, as ClickHouse's own Lexer cuts them. Total: a
 * quote that is never closed runs to the end. Characters beyond ASCII that stand outside quotes separate tokens.
 */
export function* lex(sql: string): Generator<Token, void, undefined> {
  let at = 0;
  while (at < sql.length) {
    const skipped = skipTrivia(sql, at);
    if (skipped > at) {
      at = skipped;
      continue;
    }
    const token = readToken(sql, at);
    at = token.end;
    yield token;
  }
}

const CLOSING_QUOTE: Readonly<Record<string, string>> = {
  "'": "'",
  '"': '"',
  '`': '`',
  '\u2018': '\u2019',
  '\u201c': '\u201d',
};
const WORD_START = /[A-Za-z0-9_$]/;
const WORD = /[\w$]*/y;
// a number may hold a sign only after its exponent's letter; 1.5e-3, 0x1p-3, 1_000
const NUMBER = /(?:0[xX][\da-fA-F_]*\.?[\da-fA-F_]*(?:[pP][+-]?\d+)?|[\d_]*\.?[\d_]*(?:[eE][+-]?\d+)?)/y;

function readToken(sql: string, start: number): Token {
  const first = sql.charAt(start);
  const closing = CLOSING_QUOTE[first];
  if (closing !== undefined) return readQuoted(sql, start, closing);
  if (first === '$') {
    const heredoc = readHeredoc(sql, start);
    if (heredoc !== undefined) return heredoc;
  }
  if (/\d/.test(first)) {
    const end = matchEnd(NUMBER, sql, start);
    // `1a` is one (wrong) token for ClickHouse; here its letters become a name of their own, which hides nothing
    return { kind: 'number', text: sql.slice(start, end), quoted: false, start, end };
  }
  if (WORD_START.test(first)) {
    const end = matchEnd(WORD, sql, start);
    return { kind: 'name', text: sql.slice(start, end), quoted: false, start, end };
  }
  return { kind: 'symbol', text: first, quoted: false, start, end: start + 1 };
}

function readQuoted(sql: string, start: number, closing: string): Token {
  const open = sql.charAt(start);
  const plain = open === closing; // only the plain quotes know escapes and doubling
  let at = start + 1;
  let text = '';
  for (; at < sql.length; at++) {
    const char = sql.charAt(at);
    if (plain && char === '\\') {
      const code = /^x([\da-fA-F]{2})/.exec(sql.slice(at + 1, at + 4))?.[1];
      text += code === undefined ? sql.charAt(at + 1) : String.fromCharCode(Number.parseInt(code, 16));
      at += code === undefined ? 1 : 3;
    } else if (char === closing) {
      if (!(plain && sql.charAt(at + 1) === closing)) break;
      at++;
      text += closing;
    } else text += char;
  }
  const kind = closing === "'" || closing === '\u2019' ? 'string' : 'name';
  return { kind, text, quoted: true, start, end: Math.min(at + 1, sql.length) };
}

function readHeredoc(sql: string, start: number): Token | undefined {
  const nameEnd = sql.indexOf('$', start + 1);
  if (nameEnd === -1) return undefined;
  const tag = sql.slice(start, nameEnd + 1);
  const close = sql.indexOf(tag, nameEnd + 1);
  if (close === -1) return undefined;
  return { kind: 'heredoc', text: sql.slice(nameEnd + 1, close), quoted: true, start, end: close + tag.length };
}

/** The end of the white space or comment at `start`; `start` itself when there is neither. */
function skipTrivia(sql: string, start: number): number {
  const first = sql.charAt(start);
  const second = sql.charAt(start + 1);
  if (first === '-' && second === '-') return lineEnd(sql, start);
  if (first === '#' && (second === ' ' || second === '!')) return lineEnd(sql, start);
  if (first === '/' && second === '*') {
    const close = sql.indexOf('*/', start + 2);
    return close === -1 ? sql.length : close + 2;
  }
  const isSpace = first <= ' ' || (first > '\u007e' && CLOSING_QUOTE[first] === undefined);
  return isSpace ? start + 1 : start;
}

function lineEnd(sql: string, start: number): number {
  const newline = sql.indexOf('\n', start);
  return newline === -1 ? sql.length : newline + 1;
}

function matchEnd(pattern: RegExp, sql: string, start: number): number {
  pattern.lastIndex = start;
  pattern.test(sql);
  return Math.max(pattern.lastIndex, start + 1);
}
