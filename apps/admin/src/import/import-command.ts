import { type BuildProgram, CommandError, type CommandIo, InvalidArgumentError } from '@updraft/command';
import { readFeedsConfig, readFeedsFile } from '@updraft/feeds';
import {
  type ClickHouse,
  type ColumnMatch,
  createClickHouse,
  createErasedAccounts,
  createProgressStore,
  hashText,
  matchColumns,
  requireMoved,
  sourceColumns,
} from '@updraft/store';
import { type AdminStores, openStores } from '../open-stores.ts';
import { openWriter } from '../open-writer.ts';
import { copyTable } from './copy-table.ts';
import { createImporters, type ImportRows } from './row-importers.ts';
import { IMPORTS, type ImportedTable } from './wanted.ts';

/** `pnpm admin import --from URL`: copies what the original's ClickHouse holds and no stream brings again. */
export const addImportCommand: BuildProgram = (program, io) => {
  program
    .command('import')
    .description(
      "Copies labels, API keys (as hashes), feed analytics and, if asked, records from the original's ClickHouse. The user and the password are IMPORT_USERNAME and IMPORT_PASSWORD. See docs/migrating.md.",
    )
    .requiredOption('--from <url>', "the original's ClickHouse, such as http://10.0.0.5:8123")
    .option('--database <name>', 'its database', 'default')
    .option('--repo-records', 'copy its records too')
    .option(
      '--column <table.field=column>',
      'read this field from that column; may be given several times',
      addColumn,
      {},
    )
    .option('--dry-run', 'only say what would be copied')
    .option('--restart', 'copy again what was copied before')
    .action((options) => runImport(options, io));
};

/** Columns by table and field. */
type Chosen = Readonly<Record<string, Readonly<Record<string, string>>>>;

interface ImportOptions {
  readonly from: string;
  readonly database: string;
  readonly column: Chosen;
  readonly repoRecords?: true | undefined;
  readonly dryRun?: true | undefined;
  readonly restart?: true | undefined;
}

async function runImport(options: ImportOptions, io: CommandIo): Promise<void> {
  const { from, database, column, dryRun, repoRecords, restart = false } = options;
  const source = createClickHouse({
    address: from,
    username: io.env['IMPORT_USERNAME'] ?? 'default',
    password: io.env['IMPORT_PASSWORD'] ?? '',
    database,
    isForeign: true,
  });
  try {
    await using stores = openStores(io);
    await requireMoved(stores.clickhouse);
    const names = (Object.keys(IMPORTS) as ImportedTable[]).filter(
      (table) => table !== 'repo_records' || repoRecords === true,
    );
    const tables = await findTables(source, names, column, io);
    if (dryRun === true) io.note('dry run: nothing was copied');
    else await copyAll({ source, stores, tables, site: `${from}/${database}`, restart, io });
  } finally {
    await source.close();
  }
}

type Tables = ReadonlyMap<ImportedTable, ColumnMatch>;

/** Checks all tables before the first is copied. @throws CommandError that names every missing column, and the columns that exist */
async function findTables(
  source: ClickHouse,
  names: readonly ImportedTable[],
  chosen: Chosen,
  io: CommandIo,
): Promise<Tables> {
  const tables = new Map<ImportedTable, ColumnMatch>();
  const faults: string[] = [];
  for (const table of names) {
    const columns = await sourceColumns(source, table);
    if (columns.length === 0) {
      io.note(`${table}: left out: the source does not have this table`);
      continue;
    }
    const match = matchColumns(IMPORTS[table], columns, chosen[table]);
    const there = columns.map(({ name }) => name).join(', ');
    for (const field of match.missing)
      faults.push(
        `${table}: no column for ${field}. The table has ${there}: name one with --column ${table}.${field}=COLUMN`,
      );
    const read = Object.entries(match.columns).flatMap(([field, column]) =>
      column === undefined ? [] : [`${field} from ${column.name}`],
    );
    io.out(`${table}: ${read.join(', ')}${match.absent.length > 0 ? `; missing: ${match.absent.join(', ')}` : ''}`);
    tables.set(table, match);
  }
  if (faults.length > 0) throw new CommandError(faults.join('\n'));
  return tables;
}

interface CopyAll {
  readonly source: ClickHouse;
  readonly stores: AdminStores;
  readonly tables: Tables;
  /** Names the source: each has a progress of its own. */
  readonly site: string;
  readonly restart: boolean;
  readonly io: CommandIo;
}

async function copyAll({ source, stores, tables, site, restart, io }: CopyAll): Promise<void> {
  const { clickhouse } = stores;
  const importers = await openImporters(stores, io);
  const progress = createProgressStore(clickhouse);
  for (const [table, match] of tables) {
    const name = `import:${hashText(site)}:${table}`;
    if (restart) await progress.save(name, {}, Date.now() * 1000);
    const report = await copyTable({
      source,
      table,
      match,
      importRows: importers[table],
      progress,
      name,
      note: io.note,
    });
    io.out(
      `${table}: ${report.rows} rows copied${report.rows === 0 ? ' (what was copied before is left out; --restart copies it again)' : ''}`,
    );
    for (const [reason, count] of report.leftOut) io.out(`${table}: ${count} of them left out: rows ${reason}`);
  }
  await stores.tell({ kind: 'api-keys' });
}

async function openImporters(
  { clickhouse }: AdminStores,
  io: CommandIo,
): Promise<Readonly<Record<ImportedTable, ImportRows>>> {
  const { feeds } = await readFeedsFile(readFeedsConfig(io.env).feedsFile);
  const erased = createErasedAccounts(clickhouse);
  await erased.refresh();
  return createImporters({ write: openWriter(clickhouse, io), isErased: erased.has, feeds, nowMs: Date.now() });
}

function addColumn(text: string, chosen: Chosen): Chosen {
  const [, table, field, column] = /^(\w+)\.(\w+)=(.+)$/.exec(text) ?? [];
  if (table === undefined || field === undefined || column === undefined || !Object.hasOwn(IMPORTS, table))
    throw new InvalidArgumentError('expected a column such as api_keys.feed=alias.');
  return { ...chosen, [table]: { ...chosen[table], [field]: column } };
}
