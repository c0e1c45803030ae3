import {
  type Frame,
  readFrame,
  type TrueAccount,
  type TrueCommit,
  type TrueIdentity,
  type TrueRejection,
  type TrueSync,
} from './frame.ts';

/** The state of one record: its last operation. */
export interface TrueRecord {
  readonly commit: TrueCommit;
  /** The place of the operation in its commit. */
  readonly nth: number;
  /** The operation's number on its host; undefined where the frame was added without one. */
  readonly seq: number | undefined;
  /** The version in the tables: rev · 2, + 1 for a write. It orders nothing here. */
  readonly version: bigint;
}

/** All that follows from the events, in any order, of any hosts, in any number of copies. */
export interface Fold {
  /**
   * Takes one frame's text and returns what it says. `nth`: its place in its commit, which no frame tells; without it the frame that
   * comes later is the later one in the commit.
   * `seq`: its number on one host. With it an account's events are ordered by seq, as Jetstream's own fold does: a `#sync` removes what
   * came before it. Without it they are ordered by rev: a `#sync` hides what is older than its rev. Both end equal but where a retry's
   * head is older than commits before it: there the fold by rev has what the account has.
   */
  add(line: string, nth?: number, seq?: number): Frame;
  /** By at-uri, the deleted ones too, but not those that a `#sync` removed. */
  readonly records: ReadonlyMap<string, TrueRecord>;
  /** By DID, the last identity event with a handle. */
  readonly handles: ReadonlyMap<string, TrueIdentity>;
  /** By DID: the last account event that was not a deletion, and the last deletion. */
  readonly statuses: ReadonlyMap<string, TrueAccount>;
  readonly deletions: ReadonlyMap<string, TrueAccount>;
  /** By DID, the `#sync` with the highest rev. */
  readonly syncs: ReadonlyMap<string, TrueSync>;
  /** By their identity. */
  readonly rejected: ReadonlyMap<string, TrueRejection>;
  /** By `collection operation`, the number of operations that were seen. */
  operationCounts(): Map<string, number>;
  /** Whether a record shows: it is not deleted, its account is active, and it is newer than the account's last deletion and no older than its last `#sync`. */
  shows(record: TrueRecord): boolean;
}

export function createFold(): Fold {
  const { addCommit, addSync, isBeforeSync, ...operations } = foldOperations();
  const { addIdentity, addAccount, hides, ...accounts } = foldAccounts();
  const rejected = new Map<string, TrueRejection>();
  return {
    add(line, nth = 0, seq) {
      const frame = readFrame(line);
      if (frame.is === 'commit') addCommit(frame, nth, seq);
      else if (frame.is === 'sync') addSync(frame, seq);
      else if (frame.is === 'rejected') rejected.set(frame.identity, frame);
      else if (frame.is === 'account') addAccount(frame, seq);
      else addIdentity(frame);
      return frame;
    },
    ...operations,
    ...accounts,
    rejected,
    shows: (record) => record.commit.operation !== 'delete' && !hides(record) && !isBeforeSync(record),
  };
}

function foldOperations() {
  const repositories = createRepositories();
  const operations = new Map<string, Set<string>>();
  const syncs = new Map<string, TrueSync>();
  return {
    records: repositories.records,
    syncs,
    addSync(sync: TrueSync, seq: number | undefined) {
      const before = syncs.get(sync.did);
      if (before === undefined || revOf(sync) > revOf(before)) syncs.set(sync.did, sync);
      if (seq !== undefined) repositories.empty(sync, seq);
    },
    isBeforeSync({ commit, seq }: TrueRecord): boolean {
      const sync = syncs.get(commit.did);
      return sync !== undefined && seq === undefined && revOf(commit) < revOf(sync);
    },
    addCommit(commit: TrueCommit, nth: number, seq: number | undefined) {
      const rev = revOf(commit);
      const version = rev * 2n + (commit.operation === 'delete' ? 0n : 1n);
      repositories.put({ commit, nth, seq, version });
      const name = `${commit.collection} ${commit.operation}`;
      const seen = operations.get(name) ?? new Set();
      operations.set(name, seen.add(`${commit.did} ${commit.rkey} ${rev}`));
    },
    operationCounts: () => new Map([...operations].map(([name, seen]) => [name, seen.size])),
  };
}

/** Each record's last operation. */
function createRepositories() {
  const records = new Map<string, TrueRecord>();
  const urisOf = new Map<string, Set<string>>();
  const emptiedAt = new Map<string, number>();
  return {
    records,
    put(record: TrueRecord) {
      const { did, collection, rkey } = record.commit;
      const uri = `at://${did}/${collection}/${rkey}`;
      if (record.seq !== undefined && record.seq < (emptiedAt.get(did) ?? 0)) return;
      if (isLater(record, records.get(uri))) records.set(uri, record);
      urisOf.set(did, (urisOf.get(did) ?? new Set()).add(uri));
    },
    /** Removes what the account's repository held before a `#sync`. */
    empty({ did }: TrueSync, seq: number) {
      emptiedAt.set(did, Math.max(seq, emptiedAt.get(did) ?? 0));
      for (const uri of urisOf.get(did) ?? []) if ((records.get(uri)?.seq ?? 0) < seq) records.delete(uri);
    },
  };
}

function isLater(record: TrueRecord, before: TrueRecord | undefined): boolean {
  if (before === undefined) return true;
  if (record.seq !== undefined && before.seq !== undefined) return record.seq >= before.seq;
  const [rev, revBefore] = [revOf(record.commit), revOf(before.commit)];
  return rev > revBefore || (rev === revBefore && record.nth >= before.nth);
}

function foldAccounts() {
  const handles = new Map<string, TrueIdentity>();
  const statuses = new Map<string, TrueAccount>();
  const deletions = new Map<string, TrueAccount>();
  const deletedAt = new Map<string, number>();
  return {
    handles,
    statuses,
    deletions,
    addIdentity(identity: TrueIdentity) {
      if (identity.handle !== undefined) keepLast(handles, identity);
    },
    addAccount(account: TrueAccount, seq: number | undefined) {
      keepLast(isDeletion(account) ? deletions : statuses, account);
      if (isDeletion(account) && seq !== undefined)
        deletedAt.set(account.did, Math.max(seq, deletedAt.get(account.did) ?? 0));
    },
    /** Whether the account's state hides the record. */
    hides({ commit: { did, rev }, seq }: TrueRecord): boolean {
      const status = statuses.get(did);
      const deletion = deletions.get(did);
      if (deletion !== undefined && (status === undefined || status.micros <= deletion.micros)) return true;
      if (status !== undefined && !status.active) return true;
      const deletedSeq = deletedAt.get(did);
      if (seq !== undefined && deletedSeq !== undefined) return seq < deletedSeq;
      return deletion !== undefined && rev.micros < deletion.micros;
    },
  };
}

function keepLast<T extends { readonly did: string; readonly micros: bigint }>(map: Map<string, T>, event: T): void {
  const before = map.get(event.did);
  if (before === undefined || event.micros >= before.micros) map.set(event.did, event);
}

export function revOf({ rev }: Pick<TrueCommit, 'rev'>): bigint {
  return (rev.micros << 10n) | rev.clockId;
}

function isDeletion({ active, status }: TrueAccount): boolean {
  return !active && status === 'deleted';
}
