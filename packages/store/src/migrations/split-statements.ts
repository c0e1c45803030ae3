/**
 * Splits a SQL text into its statements, without their semicolons. Semicolons within strings ('…', with '' and \' inside),
 * quoted names ("…", `…`), heredocs ($tag$…$tag$) and comments (from -- or # to the line's end, or between slash-star and star-slash) do not count. Comments stay in the
 * statement that they precede; comments alone are not a statement.
 * Lexical rules: https://clickhouse.com/docs/en/sql-reference/syntax
 */
export function splitStatements(sql: string): string[] {
  const statements: string[] = [];
  let start = 0;
  let hasCode = false;
  for (let at = 0; at < sql.length; ) {
    const { kind, end } = nextToken(sql, at);
    if (kind === 'semicolon') {
      if (hasCode) statements.push(sql.slice(start, at).trim());
      start = end;
      hasCode = false;
    } else if (kind === 'code') {
      hasCode = true;
    }
    at = end;
  }
  if (hasCode) statements.push(sql.slice(start).trim());
  return statements;
}

/** The first word of a statement in upper case, after its comments: CREATE, ALTER, … */
export function firstKeyword(statement: string): string {
  return (/^\w+/.exec(withoutLeadingComments(statement))?.[0] ?? '').toUpperCase();
}

/** A statement from its first word on. */
export function withoutLeadingComments(statement: string): string {
  let at = 0;
  while (at < statement.length) {
    const { kind, end } = nextToken(statement, at);
    if (kind === 'code') return statement.slice(at);
    at = end;
  }
  return '';
}

type TokenKind = 'semicolon' | 'code' | 'blank';

function nextToken(sql: string, at: number): { kind: TokenKind; end: number } {
  const char = sql.charAt(at);
  if (char === ';') return { kind: 'semicolon', end: at + 1 };
  if (/\s/.test(char)) return { kind: 'blank', end: at + 1 };
  if (sql.startsWith('--', at) || sql.startsWith('# ', at) || sql.startsWith('#!', at))
    return { kind: 'blank', end: after(sql, '\n', at) };
  if (sql.startsWith('/*', at)) return { kind: 'blank', end: after(sql, '*/', at + 2) };
  if (char === "'" || char === '"' || char === '`') return { kind: 'code', end: endOfQuoted(sql, at, char) };
  const heredoc = char === '$' ? /^\$\w*\$/.exec(sql.slice(at, at + 66))?.[0] : undefined;
  if (heredoc !== undefined) return { kind: 'code', end: after(sql, heredoc, at + heredoc.length) };
  return { kind: 'code', end: at + 1 };
}

/** Past the closing quote; a doubled quote just opens the next piece at once, which comes to the same. */
function endOfQuoted(sql: string, at: number, quote: string): number {
  for (let i = at + 1; i < sql.length; i++) {
    if (sql[i] === '\\') i++;
    else if (sql[i] === quote) return i + 1;
  }
  return sql.length;
}

function after(sql: string, mark: string, from: number): number {
  const found = sql.indexOf(mark, from);
  return found < 0 ? sql.length : found + mark.length;
}
