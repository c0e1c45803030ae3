/*
 * In: an account's name. Out: every record that its server has of it, as rows, and a row of repo_syncs.
 * Keeps: nothing is written before the repository is known to be whole and signed by the account. Older records are put out of sight last,
 * when all that it has are written: a backfill that is broken off hides nothing.
 */

import { parseTid } from '@updraft/atproto';
import type { Account } from '@updraft/identity';
import { createEventWriter, type EventWriter } from '@updraft/ingest';
import { parseLine } from '@updraft/jetstream';
import { RepositoryError, type RepositoryThread, startRepositoryThread } from '@updraft/repository';
import type { ErasedAccounts, WritableBlock } from '@updraft/store';
import type { AccountSource } from './account-source.ts';
import { RefusedAccountError } from './backfill-errors.ts';
import type { RepositoryInput, RepositoryMessage } from './repository-messages.ts';

export interface BackfilledAccount {
  readonly did: string;
  readonly rev: string;
  readonly records: number;
  /** Of them, those that stand in rejected_events. */
  readonly rejected: number;
}

export interface Backfill {
  /**
   * Brings an account's repository into the tables. `onRecords` hears how many records were read so far.
   * @throws what explainBackfill() explains, StoreError, or the signal's reason.
   */
  run(name: string, signal: AbortSignal, onRecords?: (records: number) => void): Promise<BackfilledAccount>;
}

export interface BackfillOptions extends AccountSource {
  /** Resolves when ClickHouse has acknowledged every row. */
  write(blocks: readonly WritableBlock[]): Promise<unknown>;
  readonly erased: Pick<ErasedAccounts, 'has' | 'refresh'>;
  /** Resolves when records may be taken. */
  ready?(signal: AbortSignal): Promise<void>;
}

export function createBackfill(options: BackfillOptions): Backfill {
  const { accounts, spool, erased } = options;
  return {
    run: async (name, signal, onRecords = () => {}) => {
      const account = await accounts.find(name, CALLER);
      await erased.refresh();
      if (erased.has(account.did))
        throw new RefusedAccountError('the account was erased: nothing of it is written again');
      await using spooled = await spool.fetch(account.pds, account.did, signal);
      const { carPath, indexPath } = spooled;
      return await readInto(
        { ...options, account, input: { carPath, indexPath, did: account.did }, onRecords },
        signal,
      );
    },
  };
}

/** Whose look-ups are counted. */
const CALLER = 'backfill';

interface Reading extends BackfillOptions {
  readonly account: Account;
  readonly input: RepositoryInput;
  onRecords(records: number): void;
}

async function readInto(reading: Reading, signal: AbortSignal): Promise<BackfilledAccount> {
  const { account, input } = reading;
  const module = new URL('./repository-worker.ts', import.meta.url);
  const thread = startRepositoryThread<RepositoryMessage>(module, input, signal);
  try {
    const rev = await checkedRev(thread, reading);
    const writer = createEventWriter(reading);
    await takeRecords(thread, writer, reading, signal);
    const { events, rejected } = writer.counts();
    await takeSync(account.did, rev, writer);
    return { did: account.did, rev, records: events, rejected };
  } finally {
    await thread.stop();
  }
}

/** Relays don't pass on a commit whose rev lies further in the future; it would hide what comes until then. */
const MAX_AHEAD_MICROS = 300_000_000;

async function checkedRev(
  thread: RepositoryThread<RepositoryMessage>,
  { accounts, account }: Reading,
): Promise<string> {
  const message = await thread.next();
  if (message.kind !== 'opened') throw new Error(`the repository's thread began with ${message.kind}`);
  const { commit } = message;
  if (!(await accounts.checkCommit(account)(commit)))
    throw new RepositoryError('the repository is not signed by its account');
  const tid = parseTid(commit.rev);
  if (tid === undefined) throw new RepositoryError("the repository's rev is not a TID");
  if (tid.micros > Date.now() * 1000 + MAX_AHEAD_MICROS)
    throw new RepositoryError("the repository's rev lies in the future");
  return commit.rev;
}

async function takeRecords(
  thread: RepositoryThread<RepositoryMessage>,
  writer: EventWriter,
  { ready, onRecords }: Reading,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    await ready?.(signal);
    thread.askForChunk();
    const message = await thread.next();
    if (message.kind !== 'lines') break;
    for (const line of message.lines) writer.take(parseLine(line), line);
    if (writer.isFull()) await writer.flush();
    onRecords(writer.counts().events);
  }
  await writer.flush();
}

/** The repository is whole at its head: what it lacks, and is older, is gone. */
async function takeSync(did: string, rev: string, writer: EventWriter): Promise<void> {
  const line = JSON.stringify({ did, time_us: Date.now() * 1000, kind: 'sync', sync: { did, rev } });
  writer.take(parseLine(line), line);
  await writer.flush();
}
