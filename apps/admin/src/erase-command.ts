import {
  accountDid,
  type BuildProgram,
  CommandError,
  type CommandIo,
  each,
  JSON_OPTION,
  wholeNumber,
  writeRow,
} from '@updraft/command';
import { sleep } from '@updraft/service';
import {
  type AccountRowCount,
  countAccountRows,
  createHiddenActors,
  listErasedAccounts,
  removeAccountRows,
  requireMoved,
} from '@updraft/store';
import { type AdminStores, openStores } from './open-stores.ts';
import { SILENT } from './open-writer.ts';

/** Indexers read the list every 3 s; the rest is for the batches that they hold. */
const WAIT_S = 10;
/** A later round finds the rows that an indexer wrote late. */
const MAX_ROUNDS = 3;

/** `pnpm admin erase DID …`: erases an account everywhere and for good. */
export const addEraseCommand: BuildProgram = (program, io) => {
  program
    .command('erase')
    .description(
      'Shows how many rows these accounts have. With --yes it erases them for good: none of their events is written again, not even by a replay.',
    )
    .argument('<did...>', 'the accounts', each(accountDid))
    .option('--yes', 'erase them')
    .option('--wait <seconds>', 'time for indexers to read the list', wholeNumber(0, 9_999), WAIT_S)
    .option(...JSON_OPTION)
    .action((dids, options) => erase(dids, options, io));
};

interface EraseOptions {
  readonly yes?: true | undefined;
  readonly wait: number;
  readonly json?: true | undefined;
}

async function erase(dids: readonly string[], options: EraseOptions, io: CommandIo): Promise<void> {
  await using stores = openStores(io);
  await requireMoved(stores.clickhouse);
  show(await countAccountRows(stores.clickhouse, dids), options, io);
  if (options.yes !== true) {
    io.note('dry run: nothing was changed. --yes removes these rows, and they are never written again.');
    return;
  }
  await listErasedAccounts(stores.clickhouse, dids);
  await sleep(options.wait * 1000);
  await removeAll(stores, dids, io);
  // Readers hold rows in memory. One that misses the news reads the list within seconds.
  await createHiddenActors({ clickhouse: stores.clickhouse, log: SILENT }).fold();
  await stores.tell({ kind: 'erased' });
  await stores.forgetViewers(dids);
  (options.json === true ? io.note : io.out)(`erased: ${dids.join(', ')}`);
}

async function removeAll({ clickhouse }: AdminStores, dids: readonly string[], io: CommandIo): Promise<void> {
  for (let round = 1; round <= MAX_ROUNDS; round++) {
    await removeAccountRows(clickhouse, dids, (table, rows) => io.note(`${table}: ${rows} rows removed`));
    const left = (await countAccountRows(clickhouse, dids)).filter(({ rows }) => rows > 0);
    if (left.length === 0) return;
  }
  throw new CommandError(
    'rows of these accounts are still being written: by an indexer of a version without this list, or one that holds a batch. Stop it and run the command again',
  );
}

function show(counts: readonly AccountRowCount[], options: EraseOptions, io: CommandIo): void {
  for (const count of counts) {
    const { table, rows, isMention } = count;
    if (rows > 0) writeRow(io, options, [table, rows, isMention ? 'named in rows of others' : ''], count);
  }
  if (options.json !== true) io.out(['together', counts.reduce((sum, { rows }) => sum + rows, 0)].join('\t'));
}
