import { accessDenied } from './errors.ts';
import { lex, type Token } from './lexer.ts';
import { FILE_SETTINGS, type Outward } from './outward.ts';
import { isSymbol, word } from './statement.ts';

/**
 * Throws ACCESS_DENIED for a statement that reaches beyond this server's own data: a file, another host, a program. It
 * looks at tokens, so neither comments, case, white space nor quotes hide a name, and text in a string is only text.
 */
export function refuseOutward(tokens: readonly Token[], outward: Outward): void {
  refuseStatements(tokens);
  refuseFiles(tokens);
  refuseCalls(tokens, outward);
  if (['CREATE', 'REPLACE', 'ATTACH'].includes(word(tokens[0]) ?? '')) refuseDefinitions(tokens, outward);
}

function refuseCalls(tokens: readonly Token[], outward: Outward): void {
  tokens.forEach((token, i) => {
    const isCall = token.kind === 'name' && isSymbol(tokens[i + 1], '(');
    if (isCall && outward.tableFunctions.has(token.text.toLowerCase())) throw accessDenied(`Function ${token.text}()`);
    // what a heredoc holds may be a query for some function to run
    if (token.kind === 'heredoc') refuseOutward([...lex(token.text)], outward);
    const setting = token.kind === 'name' && FILE_SETTINGS.has(token.text.toLowerCase());
    if (setting && isSymbol(tokens[i + 1], '=')) throw accessDenied(`Setting ${token.text}`);
  });
}

function refuseFiles(tokens: readonly Token[]): void {
  tokens.forEach((token, i) => {
    const after = word(tokens[i + 1]);
    const keyword = word(token);
    if (keyword === 'INTO' && after === 'OUTFILE') throw accessDenied('INTO OUTFILE');
    if (keyword === 'FROM' && after === 'INFILE') throw accessDenied('FROM INFILE');
    const opensTable = keyword === 'FROM' || keyword === 'JOIN' || keyword === 'TABLE' || keyword === 'INTO';
    if (opensTable && tokens[i + 1]?.kind === 'string' && !isSymbol(tokens[i + 2], ')') && !isTrim(tokens, i)) {
      throw accessDenied('A file name in place of a table');
    }
  });
}

/** `trim(BOTH 'x' FROM 'abc')`, `substring('abc' FROM 2)`: there FROM stands behind a string or inside of a call. */
function isTrim(tokens: readonly Token[], from: number): boolean {
  return word(tokens[from]) === 'FROM' && tokens[from - 1]?.kind === 'string';
}

function refuseStatements(tokens: readonly Token[]): void {
  const first = word(tokens[0]) ?? '';
  const second = word(tokens[1]) ?? '';
  if (['BACKUP', 'RESTORE', 'COPY', 'SNAPSHOT', 'EXECUTE'].includes(first)) throw accessDenied(first);
  // a second statement behind it would need all of this again
  if (tokens.some((token, i) => word(token) === 'PARALLEL' && word(tokens[i + 1]) === 'WITH')) {
    throw accessDenied('PARALLEL WITH');
  }
  if (first === 'SYSTEM' && ['SHUTDOWN', 'KILL', 'SUSPEND'].includes(second)) throw accessDenied(`SYSTEM ${second}`);
  const removes = ['DROP', 'DETACH', 'RENAME'].includes(first) && ['DATABASE', 'SCHEMA'].includes(second);
  if (removes && tokens.some((token) => token.kind === 'name' && token.text === 'default')) {
    throw accessDenied(`${first} DATABASE default`);
  }
}

function refuseDefinitions(tokens: readonly Token[], outward: Outward): void {
  tokens.forEach((token, i) => {
    if (word(token) === 'ENGINE') {
      const name = isSymbol(tokens[i + 1], '=') ? tokens[i + 2] : tokens[i + 1];
      const named = name?.kind === 'name' || name?.kind === 'string' ? name.text : '';
      if (outward.engines.has(named.toLowerCase())) throw accessDenied(`Engine ${named}`);
    }
    if (word(token) === 'SOURCE' && isSymbol(tokens[i + 1], '(')) refuseSource(bracketed(tokens, i + 1), outward);
  });
}

/** What stands within the brackets that open at `from`. */
function bracketed(tokens: readonly Token[], from: number): Token[] {
  let depth = 0;
  const end = tokens.findIndex((token, i) => {
    if (i < from) return false;
    if (isSymbol(token, '(')) depth++;
    if (isSymbol(token, ')')) depth--;
    return depth === 0;
  });
  return tokens.slice(from + 1, end === -1 ? tokens.length : end);
}

/** A dictionary may have its source in this server's own tables only. */
function refuseSource(tokens: readonly Token[], outward: Outward): void {
  const source = tokens[0]?.text ?? '';
  if (!['CLICKHOUSE', 'NULL'].includes(source.toUpperCase())) throw accessDenied(`Dictionary source ${source}`);
  tokens.forEach((token, i) => {
    const key = token.kind === 'name' ? token.text.toUpperCase() : '';
    const value = tokens[i + 1];
    const isLocalHost = value?.kind === 'string' && ['localhost', '127.0.0.1'].includes(value.text);
    if (key === 'HOST' && value?.kind !== 'symbol' && !isLocalHost)
      throw accessDenied('A dictionary source on another host');
    if (key === 'NAME' && value?.kind !== 'symbol') throw accessDenied('A dictionary source by name');
    // QUERY '…', WHERE '…', INVALIDATE_QUERY '…' are run later on
    if (token.kind === 'string') refuseOutward([...lex(token.text)], outward);
  });
}
