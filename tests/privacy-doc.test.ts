import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ACCOUNT_ROWS } from '../packages/store/src/privacy/account-rows.ts';

const root = join(import.meta.dirname, '..');
const page = await readFile(join(root, 'docs/privacy.md'), 'utf8');

/** The tables with a column of viewers, as the migrations leave them: their columns, and for how many days rows are kept. */
const schema = await readFile(join(root, 'docs/schema.sql'), 'utf8');
const kept = schema
  .split('\n\n')
  .filter((statement) => statement.startsWith('CREATE TABLE') && statement.includes('`viewer_did`'))
  .map((statement) => ({
    table: /^CREATE TABLE (\w+)/.exec(statement)?.[1] ?? '',
    columns: [...statement.matchAll(/^ {4}`(\w+)`/gm)].map(([, name = '']) => name),
    days: Number(/TTL .*toIntervalDay\((\d+)\)/.exec(statement)?.[1]),
  }));

test('the page lists each column of each table with viewers, in its order, and for how long it is kept', () => {
  const rows = [...page.matchAll(/^\| `(\w+)` \| [^|]+ \| ([^|]+) \| (\d+) days \|$/gm)];
  const told = rows.map(([, table = '', columns = '', days]) => ({
    table,
    columns: [...columns.matchAll(/`(\w+)`/g)].map(([, name = '']) => name),
    days: Number(days),
  }));
  expect(kept).toHaveLength(3);
  const byTable = (tables: typeof kept) => new Map(tables.map((of) => [of.table, of]));
  expect(byTable(told)).toEqual(byTable(kept));
});

test('an erasure removes what is kept of a viewer from each of these tables', () => {
  const where = ({ table }: (typeof kept)[number]) =>
    ACCOUNT_ROWS.filter((rows) => rows.table === table && rows.update === undefined).map((rows) =>
      rows.where({ set: 'given', array: 'given', database: 'd' }),
    );
  for (const place of kept) expect(where(place)).toEqual([expect.stringContaining('viewer_did IN given')]);
});
