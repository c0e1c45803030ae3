/*
 * verify: compares what is stored with what an archive says of the same time.
 * In: an archive's events from the start of a stretch to the archive's end, in their order. Out: what the records that were touched in the
 * stretch are at the end.
 * Keeps: an account's deletion and its #sync end all of its records, also those that nothing names.
 */

import type { JetstreamEvent } from '@updraft/atproto';
import type { StreamEvent } from '@updraft/jetstream';
import { contentDigest } from './content-digest.ts';

/** The records of an account that are compared. */
export interface TouchedAccount {
  /** By `collection/rkey`: the content's digest; undefined where it is deleted or gone. */
  readonly records: ReadonlyMap<string, string | undefined>;
  /** A deletion or #sync lies in the stretch: whatever `records` doesn't name is gone as well. */
  readonly isWhole: boolean;
}

export interface ArchiveState {
  /** Takes the next event. `isInStretch`: else it only changes what the stretch has touched. */
  take(event: StreamEvent, isInStretch: boolean): void;
  readonly accounts: ReadonlyMap<string, TouchedAccount>;
}

interface Account extends TouchedAccount {
  readonly records: Map<string, string | undefined>;
  isWhole: boolean;
}

export function createArchiveState(): ArchiveState {
  const accounts = new Map<string, Account>();
  const touch = (did: string): Account => {
    const account = accounts.get(did) ?? { records: new Map<string, string | undefined>(), isWhole: false };
    accounts.set(did, account);
    return account;
  };
  return {
    accounts,
    take: (event, isInStretch) => {
      const account = isInStretch && isOfRecords(event) ? touch(event.did) : accounts.get(event.did);
      if (account === undefined) return;
      if (event.kind === 'commit') takeCommit(account, event, isInStretch);
      else if (endsRecords(event)) {
        for (const path of account.records.keys()) account.records.set(path, undefined);
        account.isWhole ||= isInStretch;
      }
    },
  };
}

function isOfRecords(event: StreamEvent): boolean {
  return event.kind === 'commit' || endsRecords(event);
}

/** What the archive's own fold takes for the end of all older records. */
function endsRecords(event: StreamEvent): boolean {
  return event.kind === 'sync' || (event.kind === 'account' && !event.active && event.status === 'deleted');
}

function takeCommit(account: Account, commit: JetstreamEvent & { kind: 'commit' }, isInStretch: boolean): void {
  const path = `${commit.collection}/${commit.rkey}`;
  if (!isInStretch && !account.isWhole && !account.records.has(path)) return;
  const digest = commit.operation === 'delete' ? undefined : contentDigest(commit.record);
  account.records.set(path, digest);
}
