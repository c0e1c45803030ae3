import { readAccountName } from '@updraft/atproto';
import { type Command, CommandError, type CommandIo, type CommandOptions } from '@updraft/command';
import { type AdminStores, openStores } from '@updraft/feedgen/admin';
import { sleep } from '@updraft/service';
import {
  type AccountRowCount,
  countAccountRows,
  createHiddenActors,
  listErasedAccounts,
  removeAccountRows,
  requireMoved,
} from '@updraft/store';

/** Indexers read the list every 3 s; the rest is for the batches that they hold. */
const WAIT_S = 10;
/** Rows that an indexer wrote late are found by looking again. */
const MAX_ROUNDS = 3;

/** `pnpm admin erase DID …`: an account, everywhere and for good. */
export const eraseCommands: readonly Command[] = [
  {
    subject: 'erase',
    usage: '[--yes] [--wait SECONDS] DID [DID …]',
    summary:
      'Shows how many rows of these accounts there are; with --yes erases them for good: no event of theirs is written again, replays included.',
    options: { yes: { type: 'boolean' }, wait: { type: 'string', default: String(WAIT_S) } },
    run: erase,
  },
];

async function erase(names: readonly string[], options: CommandOptions, io: CommandIo): Promise<void> {
  if (names.length === 0) throw new CommandError('whom? expected the DIDs of the accounts');
  const dids = names.map(requireDid);
  const waitMs = secondsToMs(options['wait']);
  await using stores = openStores(io);
  const found = await countAccountRows(stores.clickhouse, dids);
  show(found, io);
  if (options['yes'] !== true) {
    io.note('dry run: nothing was changed. With --yes these rows are removed, and never written again.');
    return;
  }
  await requireMoved(stores.clickhouse);
  await listErasedAccounts(stores.clickhouse, dids);
  await sleep(waitMs);
  await removeAll(stores, dids, io);
  // What readers hold in memory; those who miss the news look by themselves within seconds.
  await createHiddenActors({ clickhouse: stores.clickhouse, log: SILENT }).fold();
  await stores.bus.publish({ kind: 'erased' });
  io.out(`erased: ${dids.join(', ')}`);
}

/** A handle would be somebody else's tomorrow. */
function requireDid(name: string): string {
  const did = readAccountName(name)?.did;
  if (did !== undefined) return did;
  throw new CommandError(`expected a DID such as did:plc:…, got ${name}`);
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

function show(counts: readonly AccountRowCount[], io: CommandIo): void {
  for (const { table, rows, isMention } of counts)
    if (rows > 0) io.out([table, rows, isMention ? 'named in rows of others' : ''].join('\t').trimEnd());
  io.out(['together', counts.reduce((sum, { rows }) => sum + rows, 0)].join('\t'));
}

function secondsToMs(value: CommandOptions[string]): number {
  if (typeof value !== 'string' || !/^\d{1,4}$/.test(value))
    throw new CommandError('--wait must be a whole number of seconds');
  return Number(value) * 1000;
}

const SILENT = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
