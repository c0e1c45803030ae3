import {
  type Frame,
  readFrame,
  type TrueAccount,
  type TrueCommit,
  type TrueIdentity,
  type TrueRejection,
} from './frame.ts';

/** The state of one record: its last operation. */
export interface TrueRecord {
  readonly commit: TrueCommit;
  /** The place of the operation in its commit. */
  readonly nth: number;
  /** The version in the tables: rev · 2, + 1 for a write. It orders nothing here. */
  readonly version: bigint;
}

/** All that follows from the events, in any order, of any hosts, in any number of copies. */
export interface Fold {
  /**
   * Takes one frame's text and returns what it says. `nth`: its place in its commit, which no frame tells; without it the frame that
   * comes later is the later one in the commit.
   */
  add(line: string, nth?: number): Frame;
  /** By at-uri, the deleted ones too. */
  readonly records: ReadonlyMap<string, TrueRecord>;
  /** By DID, the last identity event with a handle. */
  readonly handles: ReadonlyMap<string, TrueIdentity>;
  /** By DID: the last account event that was not a deletion, and the last deletion. */
  readonly statuses: ReadonlyMap<string, TrueAccount>;
  readonly deletions: ReadonlyMap<string, TrueAccount>;
  /** By their identity. */
  readonly rejected: ReadonlyMap<string, TrueRejection>;
  /** By `collection operation`, the number of operations that were seen. */
  operationCounts(): Map<string, number>;
  /** Whether a record shows: it is not deleted, its account is active, and it is newer than the account's last deletion. */
  shows(record: TrueRecord): boolean;
}

export function createFold(): Fold {
  const { addCommit, ...operations } = foldOperations();
  const { addIdentity, addAccount, hides, ...accounts } = foldAccounts();
  const rejected = new Map<string, TrueRejection>();
  return {
    add(line, nth = 0) {
      const frame = readFrame(line);
      if (frame.is === 'commit') addCommit(frame, nth);
      else if (frame.is === 'rejected') rejected.set(frame.identity, frame);
      else if (frame.is === 'account') addAccount(frame);
      else addIdentity(frame);
      return frame;
    },
    ...operations,
    ...accounts,
    rejected,
    shows: ({ commit }) => commit.operation !== 'delete' && !hides(commit),
  };
}

function foldOperations() {
  const records = new Map<string, TrueRecord>();
  const operations = new Map<string, Set<string>>();
  return {
    records,
    addCommit(commit: TrueCommit, nth: number) {
      const rev = revOf(commit);
      const version = rev * 2n + (commit.operation === 'delete' ? 0n : 1n);
      const uri = `at://${commit.did}/${commit.collection}/${commit.rkey}`;
      const before = records.get(uri);
      const revBefore = before === undefined ? -1n : revOf(before.commit);
      if (rev > revBefore || (rev === revBefore && nth >= (before?.nth ?? 0)))
        records.set(uri, { commit, nth, version });
      const name = `${commit.collection} ${commit.operation}`;
      const seen = operations.get(name) ?? new Set();
      operations.set(name, seen.add(`${commit.did} ${commit.rkey} ${rev}`));
    },
    operationCounts: () => new Map([...operations].map(([name, seen]) => [name, seen.size])),
  };
}

function foldAccounts() {
  const handles = new Map<string, TrueIdentity>();
  const statuses = new Map<string, TrueAccount>();
  const deletions = new Map<string, TrueAccount>();
  return {
    handles,
    statuses,
    deletions,
    addIdentity(identity: TrueIdentity) {
      if (identity.handle !== undefined) keepLast(handles, identity);
    },
    addAccount(account: TrueAccount) {
      keepLast(isDeletion(account) ? deletions : statuses, account);
    },
    /** Whether the account's state hides what the commit wrote. */
    hides({ did, rev }: TrueCommit): boolean {
      const status = statuses.get(did);
      const deletion = deletions.get(did);
      if (deletion !== undefined && (status === undefined || status.micros <= deletion.micros)) return true;
      if (status !== undefined && !status.active) return true;
      return deletion !== undefined && rev.micros < deletion.micros;
    },
  };
}

function keepLast<T extends { readonly did: string; readonly micros: bigint }>(map: Map<string, T>, event: T): void {
  const before = map.get(event.did);
  if (before === undefined || event.micros >= before.micros) map.set(event.did, event);
}

function revOf({ rev }: TrueCommit): bigint {
  return (rev.micros << 10n) | rev.clockId;
}

function isDeletion({ active, status }: TrueAccount): boolean {
  return !active && status === 'deleted';
}
