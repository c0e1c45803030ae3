import { lex, type Token } from './lexer.ts';
import { isSymbol, word } from './statement.ts';

/** An INSERT whose rows follow it in the request: where its parts stand, as offsets into the text it was read from. */
export interface InsertHead {
  /** Where FROM INFILE belongs: behind the table and its columns. */
  readonly fileAt: number;
  /** The end of what is kept of the statement (settings included); the format is named separately. */
  readonly keptUntil: number;
  readonly format: string;
  readonly dataStart: number;
}

/**
 * Reads the head of an INSERT with data: `INSERT INTO t (a, b) SETTINGS x = 1 FORMAT CSV` or `… VALUES`. Undefined for
 * every other statement, INSERT … SELECT included.
 */
export function readInsertHead(text: string): InsertHead | undefined {
  const tokens = new Lookahead(lex(text));
  if (word(tokens.next()) !== 'INSERT') return undefined;
  tokens.skipWord('INTO');
  tokens.skipWord('TABLE');
  const name = readTableName(tokens);
  if (name === undefined) return undefined;
  const columns = tokens.skipBrackets('(', ')');
  const fileAt = (columns ?? name).end;
  const settings = readSettings(tokens);
  const keyword = tokens.next();
  const keptUntil = (settings ?? columns ?? name).end;
  if (word(keyword) === 'VALUES') return { fileAt, keptUntil, format: 'Values', dataStart: keyword?.end ?? keptUntil };
  if (word(keyword) !== 'FORMAT') return undefined;
  const format = tokens.next();
  if (format?.kind !== 'name' || format.quoted) return undefined;
  return { fileAt, keptUntil, format: format.text, dataStart: skipLineEnd(text, format.end) };
}

function readTableName(tokens: Lookahead): Token | undefined {
  let last = readNamePart(tokens);
  while (last !== undefined && isSymbol(tokens.peek(), '.')) {
    tokens.next();
    last = readNamePart(tokens);
  }
  return last;
}

function readNamePart(tokens: Lookahead): Token | undefined {
  if (isSymbol(tokens.peek(), '{')) return tokens.skipBrackets('{', '}'); // a parameter: {table:Identifier}
  return tokens.peek()?.kind === 'name' ? tokens.next() : undefined;
}

function readSettings(tokens: Lookahead): Token | undefined {
  if (word(tokens.peek()) !== 'SETTINGS') return undefined;
  let last = tokens.next();
  while (!['FORMAT', 'VALUES', 'SELECT', 'WITH', undefined].includes(word(tokens.peek()) ?? tokens.peek()?.kind)) {
    last = tokens.next();
  }
  return last;
}

/** Data begins behind blanks and one line end, as ClickHouse reads it. */
function skipLineEnd(text: string, from: number): number {
  let at = from;
  while (' \t\f'.includes(text.charAt(at)) && at < text.length) at++;
  if (text.charAt(at) === '\r') at++;
  return text.charAt(at) === '\n' ? at + 1 : at;
}

class Lookahead {
  readonly #tokens: Generator<Token, void, undefined>;
  #ahead: Token | undefined;

  constructor(tokens: Generator<Token, void, undefined>) {
    this.#tokens = tokens;
  }

  peek(): Token | undefined {
    this.#ahead ??= this.#tokens.next().value ?? undefined;
    return this.#ahead;
  }

  next(): Token | undefined {
    const token = this.peek();
    this.#ahead = undefined;
    return token;
  }

  skipWord(text: string): void {
    if (word(this.peek()) === text) this.next();
  }

  /** Skips a bracketed group that begins here; gives its closing bracket. */
  skipBrackets(open: string, close: string): Token | undefined {
    if (!isSymbol(this.peek(), open)) return undefined;
    let depth = 0;
    for (let token = this.next(); token !== undefined; token = this.next()) {
      if (isSymbol(token, open)) depth++;
      if (isSymbol(token, close) && --depth === 0) return token;
    }
    return undefined;
  }
}
