import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readAccountName } from '@updraft/atproto';
import {
  type BuildProgram,
  CommandError,
  type CommandIo,
  InvalidArgumentError,
  JSON_OPTION,
  stopSignal,
  writeRow,
} from '@updraft/command';
import { type Backfill, createBackfill, explainBackfill, openAccountSource } from '@updraft/refill';
import { startProgressBar } from '@updraft/service';
import { createErasedAccounts, requireMoved } from '@updraft/store';
import { type AdminStores, openStores } from '../open-stores.ts';
import { openWriter } from '../open-writer.ts';
import { readBackfillConfig } from './config.ts';

/** `pnpm admin backfill DID|handle…`: brings accounts' repositories in from their own servers. */
export const addBackfillCommand: BuildProgram = (program, io) => {
  program
    .command('backfill')
    .description(
      "Brings these accounts' repositories into the index, from their own servers: records that the stream never brought come, and records that the repository no longer has go.",
    )
    .argument('<account...>', 'DIDs or handles', readName)
    .option(...JSON_OPTION)
    .action((names, options) => backfillAll(names, options, io));
};

interface Options {
  readonly json?: true | undefined;
}

async function backfillAll(names: readonly string[], options: Options, io: CommandIo): Promise<void> {
  await using stores = openStores(io);
  await requireMoved(stores.clickhouse);
  await using temporary = await temporaryFolder();
  const backfill = await openBackfill(stores, temporary.path, io);
  const stopped = stopSignal(
    'stopped. Run the command again for the accounts that are left: what comes twice changes nothing',
  );
  const progress = showProgress(names.length, io);
  let failed = 0;
  try {
    for (const [index, name] of names.entries()) {
      progress.at(index, name);
      if (!(await backfillOne(backfill, name, { ...options, stopped, onRecords: progress.records }, io))) failed += 1;
    }
    progress.at(names.length, '');
  } finally {
    progress.finish();
  }
  if (failed > 0) throw new CommandError(`${failed} of ${names.length} accounts were left out`);
}

async function openBackfill({ clickhouse }: AdminStores, directory: string, io: CommandIo): Promise<Backfill> {
  const source = await openAccountSource({ ...readBackfillConfig(io.env), directory, clickhouse });
  return createBackfill({ ...source, write: openWriter(clickhouse, io), erased: createErasedAccounts(clickhouse) });
}

interface One extends Options {
  readonly stopped: AbortSignal;
  onRecords(records: number): void;
}

/** False, and a note, when there is something wrong with this account: others go on. */
async function backfillOne(backfill: Backfill, name: string, { stopped, onRecords, json }: One, io: CommandIo) {
  try {
    const { did, rev, records, rejected } = await backfill.run(name, stopped, onRecords);
    const aside = rejected === 0 ? '' : `${rejected} of them in rejected_events`;
    writeRow(io, { json }, [did, `${records} records`, aside], { account: name, did, rev, records, rejected });
    return true;
  } catch (error) {
    stopped.throwIfAborted();
    const explained = explainBackfill(error);
    if (explained === undefined) throw error;
    if (json === true) io.out(JSON.stringify({ account: name, error: explained.reason }));
    else io.note(`${name}: ${explained.reason}`);
    return false;
  }
}

function showProgress(accounts: number, { screen }: CommandIo) {
  const startedAt = performance.now();
  const now = { done: 0, subject: '', before: 0, records: 0 };
  const state = () => ({
    subject: now.subject,
    share: now.done / accounts,
    count: now.before + now.records,
    unit: 'records',
    elapsedMs: performance.now() - startedAt,
  });
  const bar = screen === undefined ? undefined : startProgressBar(state, screen);
  return {
    at: (done: number, subject: string): void => {
      now.before += now.records;
      Object.assign(now, { done, subject, records: 0 });
    },
    records: (records: number): void => {
      now.records = records;
    },
    finish: (): void => bar?.finish(),
  };
}

interface TemporaryFolder extends AsyncDisposable {
  readonly path: string;
}

async function temporaryFolder(): Promise<TemporaryFolder> {
  const path = await mkdtemp(join(tmpdir(), 'updraft-backfill-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

/** A DID or a handle. */
function readName(text: string, before: readonly string[] | undefined = []): readonly string[] {
  if (readAccountName(text) !== undefined) return [...before, text];
  throw new InvalidArgumentError('expected a DID such as did:plc:…, or a handle such as alice.bsky.social.');
}
