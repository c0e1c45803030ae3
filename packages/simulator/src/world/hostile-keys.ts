import { nextRkey, type RecordKey, tidOf, type WorldState } from './state.ts';

/** Where a hostile record is written. */
export interface HostileKey extends RecordKey {
  /** True when something was written there before. */
  readonly known: boolean;
}

const REMEMBERED = 256;
const FIRST_YEAR = 2015;
const MONTHS = 12 * 25;
const FIVE_HUNDRED_AND_TWELVE = 512;

/**
 * A key for a hostile record of an account: mostly a TID, else one that is valid but strange. `collection` '' = an
 * invented one. Now and then it is a key used before, so that strange records are edited and deleted too.
 */
export function hostileKey(state: WorldState, account: number, collection: string): HostileKey {
  const remembered = state.strangeKeys;
  if (remembered.length > 0 && state.random.chance(0.2)) {
    const key = state.random.pick(remembered);
    if (state.status[key.account] === 0) return { ...key, known: true };
  }
  const key = {
    account,
    collection: collection || inventedCollection(state),
    rkey: rkeyOf(state, account, collection),
    known: false,
  };
  if (remembered.length < REMEMBERED) remembered.push(key);
  else remembered[state.random.int(REMEMBERED)] = key;
  return key;
}

function rkeyOf(state: WorldState, account: number, collection: string): string {
  const { random } = state;
  if (collection === 'app.bsky.actor.profile' && random.chance(0.9)) return 'self';
  if (random.chance(0.5)) return tidOf(state, account, nextRkey(state, account));
  return random.pick(STRANGE_RKEYS)(state);
}

const STRANGE_RKEYS: readonly ((state: WorldState) => string)[] = [
  ({ random }) => `a::b::${random.int(1_000)}`,
  ({ random }) => `${random.int(1e6)}-`.padEnd(FIVE_HUNDRED_AND_TWELVE, 'k~.:_-'),
  ({ random }) => `key-${random.int(1e5)}`,
  ({ random }) => String(random.int(1e9)),
  () => 'self',
  () => '~.:-_',
  // TIDs of the year 2100, of 1970, and of any month within the bounds and outside.
  ({ random, writeTid }) => writeTid(Date.UTC(2100, 0, 1) * 1_000 + random.int(1e9), random.int(1024)),
  ({ random, writeTid }) => writeTid(random.int(1e6), random.int(1024)),
  monthTid,
  monthTid,
  monthTid,
  // Keys that only look like TIDs.
  ({ random }) => `zzzzzzzzzz${random.int(900) + 100}`,
  ({ random }) => `3Kabcdefghi${random.int(90) + 10}`,
  ({ random }) => `3kaaaaaaaaa${random.int(2)}${random.int(2)}`,
];

function monthTid({ random, writeTid }: WorldState): string {
  const ms = Date.UTC(FIRST_YEAR, random.int(MONTHS), 1 + random.int(27), random.int(24));
  return writeTid(ms * 1_000 + random.int(1e6), random.int(1024));
}

function inventedCollection({ random }: WorldState): string {
  const u = random.next();
  if (u < 0.7) return `com.example.app${random.int(1_000)}.thing`;
  if (u < 0.8) return `x.y.${'z'.repeat(1 + random.int(300))}`;
  return random.pick([
    'xyz.statusphere.status',
    'app.bsky.feed.post2',
    'app.bsky.feed.LIKE',
    'a-b.c_d.e',
    '1.2.3',
    'app.bsky.feed.post.extra',
  ]);
}
