import { randomUUID } from 'node:crypto';
import { spool } from './body.ts';
import type { Engine, EngineQuery } from './engine.ts';
import { type InsertInput, readUpTo } from './input.ts';
import { lex } from './lexer.ts';
import type { WriteResult } from './native.ts';
import { refuseOutward } from './refusals.ts';
import { quote } from './sql.ts';

// Rows in the format Values may hold expressions, so they are looked through; beyond this they may hold none.
const MAX_VALUES_BYTES = 4 * 1024 * 1024;

/**
 * Runs an INSERT whose rows come with the request. They go into a temporary file, which the engine reads with its own
 * parsers: nothing is written before all of them are here, and no format passes through a JavaScript string.
 */
export async function insertRows(engine: Engine, query: EngineQuery, input: InsertInput): Promise<WriteResult> {
  const { head, text } = input;
  refuseOutward([...lex(text.slice(0, head.keptUntil))], engine.outward);
  const rows = head.format.toLowerCase() === 'values' ? await checkValues(engine, query, input) : { ...input, query };
  const rest = { [Symbol.asyncIterator]: () => rows.rest };
  await using file = await spool(engine.tmpDir, `rows-${randomUUID()}`, rows.first, rest);
  const infile = ` FROM INFILE ${quote(file.path)}`;
  const sql = `${text.slice(0, head.fileAt)}${infile}${text.slice(head.fileAt, head.keptUntil)} FORMAT ${head.format}`;
  return await engine.write({ ...rows.query, sql });
}

async function checkValues(engine: Engine, query: EngineQuery, { first, rest }: InsertInput) {
  const start = await readUpTo(rest, MAX_VALUES_BYTES, [first]);
  if (start.length > MAX_VALUES_BYTES) {
    const settings = new Map([...query.settings, ['input_format_values_interpret_expressions', '0']]);
    return { first: start, rest, query: { ...query, settings } };
  }
  const text = start.toString('latin1');
  if (engine.outward.mention.test(text)) refuseOutward([...lex(text)], engine.outward);
  return { first: start, rest, query };
}
