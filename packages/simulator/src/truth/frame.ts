import { isDid, isHandle, isNsid, isRkey, microsOf, type TidParts, tidOf } from './syntax.ts';

/** What a frame says, or why it is rejected. It shares no code with the parser, see syntax.ts. */
export type Frame = TrueCommit | TrueIdentity | TrueAccount | TrueSync | TrueRejection;

export interface TrueCommit {
  readonly is: 'commit';
  readonly did: string;
  readonly rev: TidParts;
  readonly operation: 'create' | 'update' | 'delete';
  readonly collection: string;
  readonly rkey: string;
  readonly record: unknown;
}

export interface TrueIdentity {
  readonly is: 'identity';
  readonly did: string;
  readonly handle: string | undefined;
  readonly micros: bigint;
}

export interface TrueAccount {
  readonly is: 'account';
  readonly did: string;
  readonly active: boolean;
  readonly status: string;
  readonly micros: bigint;
}

/** All older records of the account are gone; those that it still has follow. v1 has no such frame. */
export interface TrueSync {
  readonly is: 'sync';
  readonly did: string;
  readonly rev: TidParts;
}

export interface TrueRejection {
  readonly is: 'rejected';
  readonly reason: string;
  readonly did: string;
  readonly kind: string;
  readonly collection: string;
  /** Equal for one event of several hosts. */
  readonly identity: string;
}

type Fields = Readonly<Record<string, unknown>>;

const MAX_DEPTH = 512;
const NETWORK_BEGAN = BigInt(Date.UTC(2022, 10, 1)) * 1_000n;
/** In September 2112: a version holds no later rev. */
const END_OF_REVS = 2n ** 52n;
const LATEST_MICROS = BigInt(Number.MAX_SAFE_INTEGER);

export function readFrame(line: string): Frame {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return { is: 'rejected', reason: 'not_json', did: '', kind: '', collection: '', identity: line };
  }
  if (!isFields(value))
    return { is: 'rejected', reason: 'not_an_object', did: '', kind: '', collection: '', identity: line };
  const read = readEvent(value);
  return typeof read === 'string' ? rejection(value, read) : read;
}

/** The event, or the reason why it is rejected. */
function readEvent(event: Fields): Frame | string {
  const { kind, did } = event;
  const isSync = kind === 'sync' && isFields(event.sync);
  if (kind !== 'commit' && kind !== 'identity' && kind !== 'account' && !isSync) return 'unknown_kind';
  if (!isDid(did)) return 'bad_did';
  if (!isCount(event.time_us)) return 'bad_time_us';
  if (event.cursor !== undefined && !isCount(event.cursor)) return 'bad_cursor';
  if (kind === 'commit') return readCommit(did, event.commit);
  if (isSync) return readSync(did, event.sync as Fields);
  const shownAt = BigInt(event.time_us);
  return kind === 'identity' ? readIdentity(did, event.identity, shownAt) : readAccount(did, event.account, shownAt);
}

function readCommit(did: string, commit: unknown): Frame | string {
  if (!isFields(commit)) return 'bad_commit';
  const { operation, collection, rkey } = commit;
  const rev = tidOf(commit.rev);
  if (rev === undefined || rev.micros >= END_OF_REVS) return 'bad_rev';
  if (operation !== 'create' && operation !== 'update' && operation !== 'delete') return 'unknown_operation';
  if (!isNsid(collection)) return 'bad_collection';
  if (!isRkey(rkey)) return 'bad_rkey';
  if (operation === 'delete') return { is: 'commit', did, rev, operation, collection, rkey, record: undefined };
  if (!('record' in commit)) return 'missing_record';
  if (isDeeperThan(commit.record, MAX_DEPTH)) return 'record_too_deep';
  return { is: 'commit', did, rev, operation, collection, rkey, record: commit.record };
}

function readSync(did: string, sync: Fields): Frame | string {
  const rev = tidOf(sync.rev);
  if ('did' in sync && sync.did !== did) return 'bad_sync';
  return rev === undefined || rev.micros >= END_OF_REVS ? 'bad_rev' : { is: 'sync', did, rev };
}

function readIdentity(did: string, identity: unknown, shownAt: bigint): Frame | string {
  if (!isFields(identity) || ('did' in identity && identity.did !== did)) return 'bad_identity';
  const handle = identity.handle ?? '';
  if (handle !== '' && !isHandle(handle)) return 'bad_identity';
  const micros = eventMicros(identity.time, shownAt);
  if (micros === undefined) return 'bad_event_time';
  return { is: 'identity', did, handle: handle === '' ? undefined : handle.toLowerCase(), micros };
}

function readAccount(did: string, account: unknown, shownAt: bigint): Frame | string {
  if (!isFields(account) || ('did' in account && account.did !== did)) return 'bad_account';
  const status = account.status ?? '';
  if (typeof account.active !== 'boolean' || typeof status !== 'string' || status.length > 256) return 'bad_account';
  const micros = eventMicros(account.time, shownAt);
  return micros === undefined ? 'bad_event_time' : { is: 'account', did, active: account.active, status, micros };
}

/** The event's time: no event happens more than a minute after it was shown, so a later inner time is a clock's error. */
function eventMicros(time: unknown, shownAt: bigint): bigint | undefined {
  const micros = microsOf(time);
  if (micros === undefined || micros < 0n || micros > LATEST_MICROS) return undefined;
  const isFast = shownAt >= NETWORK_BEGAN && micros - shownAt > 60_000_000n;
  return isFast ? shownAt : micros;
}

function rejection(event: Fields, reason: string): TrueRejection {
  const { time_us: _time, cursor: _cursor, ...same } = event;
  const collection = isFields(event.commit) ? event.commit.collection : '';
  return {
    is: 'rejected',
    reason,
    did: textOf(event.did).slice(0, 2_048),
    kind: textOf(event.kind).slice(0, 64),
    collection: textOf(collection).slice(0, 317),
    identity:
      reason === 'record_too_deep' ? JSON.stringify(same.did) + deepIdentity(same.commit) : JSON.stringify(same),
  };
}

/** JSON.stringify fails on deep nesting. A repository has one commit at one rev. */
function deepIdentity(commit: unknown): string {
  return isFields(commit) ? `${String(commit.rev)} ${String(commit.collection)} ${String(commit.rkey)}` : '';
}

function isDeeperThan(value: unknown, depth: number): boolean {
  let level: unknown[] = [value];
  for (let left = depth; left >= 0; left--) {
    level = level
      .filter((item) => typeof item === 'object' && item !== null)
      .flatMap((item): unknown[] => Object.values(item));
    if (level.length === 0) return false;
  }
  return true;
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
