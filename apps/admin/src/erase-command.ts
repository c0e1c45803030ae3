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
/** Rows that an indexer wrote late are found by looking again. */
const MAX_ROUNDS = 3;

/** `pnpm admin erase DID …`: an account, everywhere and for good. */
export const addEraseCommand: BuildProgram = (program, io) => {
  program
    .command('erase')
    .description(
      'Shows how many rows of these accounts there are; with --yes erases them for good: no event of theirs is written again, replays included.',
    )
    .argument('<did...>', 'the accounts', each(accountDid))
    .option('--yes', 'erase them')
    .option('--wait <seconds>', 'for indexers to read the list', wholeNumber(0, 9_999), WAIT_S)
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
    io.note('dry run: nothing was changed. With --yes these rows are removed, and never written again.');
    return;
  }
  await listErasedAccounts(stores.clickhouse, dids);
  await sleep(options.wait * 1000);
  await removeAll(stores, dids, io);
  // What readers hold in memory; those who miss the news look by themselves within seconds.
  await createHiddenActors({ clickhouse: stores.clickhouse, log: SILENT }).fold();
  await stores.tell({ kind: 'erased' });
  (options.json === true ? io.note : io.out)(`erased: ${dids.join(', ')}`);
}

async function removeAll({ clickhouse }: AdminStores, dids: readonly string[], io: CommandIo): Promise<void> {
  for (let round = 1; round <= MAX_ROUNDS; round++) {
    await removeAccountRows(clickhouse, dids, (table, rows) => io.note(`${table}: ${rows} rows removed`));
    const left = (await countAccountRows(clickhouse, dids)).filter(({ rows }) => rows > 0);
    if (left.length === 0) return;
  }
  throw new CommandError(
    'somebody still writes rows of these accounts: an indexer that is older than this list, or one that holds a batch. Put that right and run the command again',
  );
}

function show(counts: readonly AccountRowCount[], options: EraseOptions, io: CommandIo): void {
  for (const count of counts) {
    const { table, rows, isMention } = count;
    if (rows > 0) writeRow(io, options, [table, rows, isMention ? 'named in rows of others' : ''], count);
  }
  if (options.json !== true) io.out(['together', counts.reduce((sum, { rows }) => sum + rows, 0)].join('\t'));
}
