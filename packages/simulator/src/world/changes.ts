import { engagementRecord } from './engagement.ts';
import type { WorldEvent } from './event.ts';
import { postRecord } from './posting.ts';
import { createWeighted, type Random } from './rng.ts';
import {
  COLLECTIONS,
  commit,
  commitOfMany,
  nextRkey,
  pickActor,
  type RingName,
  tidOf,
  type WorldState,
} from './state.ts';

/** Deletes, edits, records made again under the key of a deleted one, and commits that touch a key several times. */

const pickDeleted: (random: Random) => RingName = createWeighted<RingName>([
  ['like', 60],
  ['post', 16],
  ['repost', 10],
  ['follow', 9],
  ['block', 2],
  ['listitem', 2],
  ['list', 1],
]);

/** Deletes one of the last records; some of them are already deleted. */
export function deleteRecord(state: WorldState): WorldEvent | undefined {
  const name = pickDeleted(state.random);
  const ring = state.live[name];
  if (ring.size === 0) return undefined;
  const back = Math.floor(ring.size * state.random.next() ** 2);
  const actor = ring.accountAt(back);
  if (state.status[actor] !== 0) return undefined;
  const micros = ring.microsAt(back);
  state.buried[name].push(actor, micros);
  return commit(state, actor, {
    operation: 'delete',
    collection: COLLECTIONS[name],
    rkey: tidOf(state, actor, micros),
  });
}

const pickRecreated: (random: Random) => 'like' | 'post' | 'follow' | 'repost' | 'block' = createWeighted<
  'like' | 'post' | 'follow' | 'repost' | 'block'
>([
  ['like', 4],
  ['post', 3],
  ['follow', 2],
  ['repost', 1],
  ['block', 1],
]);

/** Creates a record again under the rkey of a deleted one. */
export function recreate(state: WorldState): WorldEvent | undefined {
  const name = pickRecreated(state.random);
  const ring = state.buried[name];
  if (ring.size === 0) return undefined;
  const back = state.random.int(ring.size);
  const actor = ring.accountAt(back);
  const record = name === 'post' ? postRecord(state) : engagementRecord(state, name);
  if (state.status[actor] !== 0 || record === undefined) return undefined;
  return commit(state, actor, {
    operation: 'create',
    collection: COLLECTIONS[name],
    rkey: tidOf(state, actor, ring.microsAt(back)),
    record,
  });
}

/** Edits a recent post, sometimes one that was deleted meanwhile, and seldom a like, which then gets another subject. */
export function edit(state: WorldState): WorldEvent | undefined {
  const name = state.random.chance(0.85) ? 'post' : 'like';
  const ring = state.live[name];
  if (ring.size === 0) return undefined;
  const back = state.random.int(Math.min(ring.size, 2_000));
  const actor = ring.accountAt(back);
  const record = name === 'post' ? postRecord(state) : engagementRecord(state, 'like');
  if (state.status[actor] !== 0 || record === undefined) return undefined;
  return commit(state, actor, {
    operation: 'update',
    collection: COLLECTIONS[name],
    rkey: tidOf(state, actor, ring.microsAt(back)),
    record,
  });
}

/** What a commit does to one key, in its order. Equal names are the same record. */
type Deed = 'delete' | 'create a' | 'create b' | 'update a' | 'update b';

const pickDeeds = createWeighted<{ readonly deeds: readonly Deed[]; readonly isNew: boolean }>([
  [{ deeds: ['delete', 'create a'], isNew: false }, 5],
  [{ deeds: ['delete', 'create a', 'delete'], isNew: false }, 1],
  [{ deeds: ['update a', 'delete'], isNew: false }, 1],
  [{ deeds: ['create a', 'delete'], isNew: true }, 1],
  [{ deeds: ['create a', 'update b'], isNew: true }, 1],
  [{ deeds: ['create a', 'delete', 'create a'], isNew: true }, 1],
]);

/**
 * One commit that touches a key several times, as `applyWrites` allows. Jetstream sends all of its deletes, and those of its writes
 * whose record the repository holds at the end of the commit.
 */
export function swap(state: WorldState): WorldEvent[] | undefined {
  const name = pickRecreated(state.random);
  const { deeds, isNew } = pickDeeds(state.random);
  const ring = state.live[name];
  if (!isNew && ring.size === 0) return undefined;
  const back = isNew ? 0 : state.random.int(Math.min(ring.size, 2_000));
  const actor = isNew ? pickActor(state) : ring.accountAt(back);
  const records = [0, 1].map(() => (name === 'post' ? postRecord(state) : engagementRecord(state, name)));
  const [a, b] = records;
  if (state.status[actor] !== 0 || a === undefined || b === undefined) return undefined;
  const micros = isNew ? nextRkey(state, actor) : ring.microsAt(back);
  const left = deeds.at(-1);
  if (left === 'delete') state.buried[name].push(actor, micros);
  else if (isNew) ring.push(actor, micros);
  const key = { collection: COLLECTIONS[name], rkey: tidOf(state, actor, micros) };
  const sent = deeds.filter((deed) => deed === 'delete' || deed.at(-1) === left?.at(-1));
  return commitOfMany(
    state,
    actor,
    sent.map((deed) => {
      if (deed === 'delete') return { operation: 'delete', ...key };
      return { operation: deed.startsWith('create') ? 'create' : 'update', ...key, record: deed.endsWith('a') ? a : b };
    }),
  );
}
