import type { Accounts } from './accounts.ts';
import { type CidWriter, createCidWriter } from './cid-text.ts';
import type { WorldEvent } from './event.ts';
import { createTimeWriter } from './iso-time.ts';
import { createRecordRing, type RecordRing } from './rings.ts';
import { createRandom, type Random } from './rng.ts';
import { createTidWriter } from './tid-text.ts';

/** What the world remembers while it goes on: bounded by the number of accounts and by fixed rings of the last records. */
export interface WorldState {
  readonly seed: number;
  readonly accounts: Accounts;
  readonly random: Random;
  readonly cid: CidWriter;
  readonly writeTid: (micros: number, clockId: number) => string;
  readonly writeTime: (ms: number) => string;
  /** The world's time in microseconds since 1970. */
  clock: number;
  /** The last TID of each account, in microseconds: revs and rkeys rise strictly. */
  readonly lastTid: Float64Array;
  /** The last inner time of each account's identity and account events, in milliseconds. */
  readonly lastEventMs: Float64Array;
  /** 0 = active, else the number of the status. */
  readonly status: Uint8Array;
  readonly handleVersion: Uint16Array;
  /** 1 once the account has shown itself by its identity and profile. */
  readonly introduced: Uint8Array;
  readonly inactive: number[];
  /** Keys under which hostile records were written: a few, so that some are met again. */
  readonly strangeKeys: RecordKey[];
  /** The last records of each collection, and the last deleted ones. */
  readonly live: Readonly<Record<RingName, RecordRing>>;
  readonly buried: Readonly<Record<RingName, RecordRing>>;
  /** The posts that most accounts like at the moment, by rank. */
  readonly popular: { readonly accounts: Int32Array; readonly micros: Float64Array; size: number };
}

export interface RecordKey {
  readonly account: number;
  readonly collection: string;
  readonly rkey: string;
}

export type RingName = 'post' | 'like' | 'repost' | 'follow' | 'block' | 'listitem' | 'list';

export const COLLECTIONS: Readonly<Record<RingName, string>> = {
  post: 'app.bsky.feed.post',
  like: 'app.bsky.feed.like',
  repost: 'app.bsky.feed.repost',
  follow: 'app.bsky.graph.follow',
  block: 'app.bsky.graph.block',
  listitem: 'app.bsky.graph.listitem',
  list: 'app.bsky.graph.list',
};

const POPULAR_POSTS = 150;

export function createState(seed: number, accounts: Accounts, startMicros: number): WorldState {
  const count = accounts.count;
  return {
    seed,
    accounts,
    random: createRandom(seed, 'world'),
    cid: createCidWriter(createRandom(seed, 'cid')),
    writeTid: createTidWriter(),
    writeTime: createTimeWriter(),
    clock: startMicros,
    lastTid: new Float64Array(count),
    lastEventMs: new Float64Array(count),
    status: new Uint8Array(count),
    handleVersion: new Uint16Array(count),
    introduced: new Uint8Array(count),
    inactive: [],
    strangeKeys: [],
    live: rings(1 << 15),
    buried: rings(1 << 9),
    popular: { accounts: new Int32Array(POPULAR_POSTS), micros: new Float64Array(POPULAR_POSTS), size: 0 },
  };
}

function rings(capacity: number): Record<RingName, RecordRing> {
  const ring = () => createRecordRing(capacity);
  return { post: ring(), like: ring(), repost: ring(), follow: ring(), block: ring(), listitem: ring(), list: ring() };
}

/** An account that does something now: a few do much, most do little. */
export function pickActor(state: WorldState): number {
  const { random, accounts, status } = state;
  for (let i = 0; i < 16; i++) {
    const u = random.next();
    const account = Math.floor(accounts.count * u * u);
    if (status[account] === 0) return account;
  }
  return 0;
}

/** An account that something is done to: a few are known to everybody. */
export function pickTarget({ random, accounts }: WorldState): number {
  const u = random.next();
  return Math.floor(accounts.count * u * u * u);
}

/** The time, in microseconds, of the account's next record key: just before now, and after everything it did. */
export function nextRkey(state: WorldState, account: number): number {
  const micros = Math.max(Math.floor(state.clock) - 2_000, (state.lastTid[account] ?? 0) + 1);
  state.lastTid[account] = micros;
  return micros;
}

export interface CommitText {
  readonly operation: 'create' | 'update' | 'delete';
  readonly collection: string;
  readonly rkey: string;
  /** JSON of the record; absent on a delete. */
  readonly record?: string;
  /** The record's CID; absent = a new one. */
  readonly cid?: string;
}

/** A commit of an account now, with the next rev of its repository. Names that need escapes in JSON must come escaped. */
export function commit(state: WorldState, account: number, operation: CommitText): WorldEvent {
  return commitAt(state, account, nextRev(state, account), operation);
}

/** One commit of several operations, in their order: what Jetstream sends of it. */
export function commitOfMany(state: WorldState, account: number, operations: readonly CommitText[]): WorldEvent[] {
  const rev = nextRev(state, account);
  return operations.map((operation, nth) => commitAt(state, account, rev, operation, nth));
}

/** The account's next rev, in microseconds. */
export function nextRev(state: WorldState, account: number): number {
  const rev = Math.max(Math.floor(state.clock), (state.lastTid[account] ?? 0) + 1);
  state.lastTid[account] = rev;
  return rev;
}

/** A commit at a given rev of the repository. */
export function commitAt(
  state: WorldState,
  account: number,
  rev: number,
  { operation, collection, rkey, record, cid }: CommitText,
  nth = 0,
): WorldEvent {
  const content = record === undefined ? '' : `,"record":${record},"cid":"${cid ?? state.cid.record()}"`;
  return {
    did: state.accounts.did(account),
    timeUs: displayTime(state),
    tail: `,"kind":"commit","commit":{"rev":"${tidOf(state, account, rev)}","operation":"${operation}","collection":"${collection}","rkey":"${rkey}"${content}}}`,
    raw: undefined,
    nth,
  };
}

export function tidOf(state: WorldState, account: number, micros: number): string {
  return state.writeTid(micros, state.accounts.clockId(account));
}

/** The `time_us` of an event now: hosts show it up to 40 ms late, in no order. */
export function displayTime({ clock, random }: WorldState): number {
  return Math.floor(clock) + random.int(40_000);
}

/** The number that the relay gives an event now. */
export function relaySeq({ clock }: WorldState): number {
  return 30_000_000_000 + (Math.floor(clock / 2_000) % 1e9);
}

/** createdAt of a record made now: clients' clocks are a little behind, some of them hours. */
export function createdAt(state: WorldState): string {
  const { random } = state;
  const late = random.chance(0.01) ? random.next() * 4 * 3_600_000 : random.next() * 2_500;
  return state.writeTime(state.clock / 1_000 - late);
}

export function recordUri(state: WorldState, collection: string, account: number, rkeyMicros: number): string {
  return `at://${state.accounts.did(account)}/${collection}/${tidOf(state, account, rkeyMicros)}`;
}

/** JSON of a StrongRef. */
export function strongRef(state: WorldState, uri: string): string {
  return `{"cid":"${state.cid.record()}","uri":"${uri}"}`;
}
