import { ClickHouseException } from './errors.ts';
import { lex, type Token } from './lexer.ts';

/**
 * `rows`: a SELECT, whose result may be of any size. `read`: SHOW, DESCRIBE, EXPLAIN …, small. `insert`: INSERT … SELECT.
 * `other`: everything that changes something.
 */
export type StatementKind = 'rows' | 'read' | 'insert' | 'other';

/** A statement without inline data, as it will be given to the engine. */
export interface Statement {
  readonly sql: string;
  readonly tokens: readonly Token[];
  readonly kind: StatementKind;
  /** The name in its FORMAT clause. */
  readonly format: string | undefined;
  /** Where in `sql` an INTO OUTFILE clause belongs. */
  readonly outputAt: number;
}

const READS = new Set(['SHOW', 'DESCRIBE', 'DESC', 'EXPLAIN', 'EXISTS', 'CHECK']);
const SELECTS = new Set(['SELECT', 'WITH', 'FROM', 'VALUES']);

/** Cuts a statement into tokens and says what it is. Throws SYNTAX_ERROR when it is empty or more than one. */
export function readStatement(text: string): Statement {
  const tokens = [...lex(text)];
  const semicolon = tokens.findIndex((token) => isSymbol(token, ';'));
  if (semicolon !== -1 && semicolon < tokens.findLastIndex((token) => !isSymbol(token, ';'))) {
    throw syntaxError('(Multi-statements are not allowed)', tokens[semicolon], text);
  }
  if (semicolon !== -1) tokens.length = semicolon;
  const last = tokens.at(-1);
  if (last === undefined) throw new ClickHouseException(62, 'SYNTAX_ERROR', 'Empty query.');
  const sql = text.slice(0, last.end);
  return { sql, tokens, kind: kindOf(tokens), ...readOutput(tokens, last.end) };
}

export function isSymbol(token: Token | undefined, text: string): boolean {
  return token?.kind === 'symbol' && token.text === text;
}

/** The bare word in capitals, as keywords are compared; undefined for anything else. */
export function word(token: Token | undefined): string | undefined {
  return token?.kind === 'name' && !token.quoted ? token.text.toUpperCase() : undefined;
}

function syntaxError(reason: string, token: Token | undefined, sql: string): ClickHouseException {
  const position = (token?.start ?? 0) + 1;
  const near = sql.slice(position - 1, position + 40);
  return new ClickHouseException(
    62,
    'SYNTAX_ERROR',
    `Syntax error ${reason}: failed at position ${position}: ${near}.`,
  );
}

function kindOf(tokens: readonly Token[]): StatementKind {
  const opening = tokens.find((token) => !isSymbol(token, '('));
  const first = word(opening) ?? '';
  if (first === 'INSERT') return 'insert';
  if (first === 'WITH' && topLevel(tokens).some((token) => word(token) === 'INSERT')) return 'insert';
  if (SELECTS.has(first)) return 'rows';
  return READS.has(first) ? 'read' : 'other';
}

/** The tokens outside of all brackets. */
function topLevel(tokens: readonly Token[]): Token[] {
  let depth = 0;
  return tokens.filter((token) => {
    if (token.kind !== 'symbol') return depth === 0;
    if ('([{'.includes(token.text)) return depth++ === 0;
    if (')]}'.includes(token.text)) depth--;
    return depth === 0;
  });
}

// After these a word is an expression's, so `FORMAT` there is a name: ORDER BY format, AS format, a.format
const EXPECTS_EXPRESSION = new Set(
  (
    'SELECT DISTINCT BY WHERE PREWHERE HAVING QUALIFY AND OR NOT XOR ON USING AS WHEN THEN ELSE CASE IN LIKE ILIKE ' +
    'BETWEEN FROM JOIN LIMIT OFFSET WITH IS DIV MOD INTERVAL ALL ANY'
  ).split(' '),
);
const NOT_A_FORMAT = new Set(['ASC', 'DESC', 'ASCENDING', 'DESCENDING', 'NULLS', 'COLLATE', 'FROM', 'AS', 'END']);

function readOutput(tokens: readonly Token[], end: number): Pick<Statement, 'format' | 'outputAt'> {
  const top = topLevel(tokens);
  for (let i = top.length - 2; i > 0; i--) {
    const name = top[i + 1];
    if (word(top[i]) !== 'FORMAT' || name?.kind !== 'name' || name.quoted) continue;
    const after = top[i + 2];
    const isLast = after === undefined || word(after) === 'SETTINGS';
    if (!isLast || !endsExpression(top[i - 1]) || NOT_A_FORMAT.has(name.text.toUpperCase())) continue;
    return { format: name.text, outputAt: top[i]?.start ?? end };
  }
  return { format: undefined, outputAt: end };
}

function endsExpression(token: Token | undefined): boolean {
  if (token?.kind === 'symbol') return ')]}*'.includes(token.text);
  return !EXPECTS_EXPRESSION.has(word(token) ?? '');
}
