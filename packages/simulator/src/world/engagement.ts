import type { WorldEvent } from './event.ts';
import {
  COLLECTIONS,
  commit,
  createdAt,
  nextRkey,
  pickActor,
  pickTarget,
  type RingName,
  recordUri,
  strongRef,
  tidOf,
  type WorldState,
} from './state.ts';

/** Likes and reposts of recent and popular posts, follows and blocks: small records with one subject. */

export function like(state: WorldState, actor: number = pickActor(state)): WorldEvent | undefined {
  return engage(state, 'like', actor);
}

export function repost(state: WorldState): WorldEvent | undefined {
  return engage(state, 'repost', pickActor(state));
}

/** The account likes the same post again, as some clients do: two records, one like. */
export function likeAgain(state: WorldState): WorldEvent | undefined {
  const { popular, random } = state;
  if (popular.size === 0) return undefined;
  const rank = random.int(popular.size);
  const actor = (rank * 7) % state.accounts.count;
  return state.status[actor] === 0 ? subjectRecord(state, 'like', actor, popularUri(state, rank)) : undefined;
}

export function follow(state: WorldState): WorldEvent {
  return graphRecord(state, 'follow', pickActor(state));
}

export function block(state: WorldState): WorldEvent {
  return graphRecord(state, 'block', pickActor(state));
}

/** JSON of a like, repost, follow or block of something that exists now; undefined while there are no posts. */
export function engagementRecord(state: WorldState, name: 'like' | 'repost' | 'follow' | 'block'): string | undefined {
  if (name === 'follow' || name === 'block') return graphJson(state, name);
  const uri = pickPost(state);
  return uri === undefined ? undefined : subjectJson(state, name, uri);
}

function engage(state: WorldState, name: 'like' | 'repost', actor: number): WorldEvent | undefined {
  const uri = pickPost(state);
  return uri === undefined ? undefined : subjectRecord(state, name, actor, uri);
}

/** A post that is liked now: half of the time a popular one, else a recent one. */
export function pickPost(state: WorldState): string | undefined {
  const { random, popular, live } = state;
  if (popular.size > 0 && random.chance(0.5)) return popularUri(state, Math.floor(popular.size * random.next() ** 3));
  const recent = Math.min(live.post.size, 4_096);
  if (recent === 0) return undefined;
  const u = random.next();
  const back = Math.floor(recent * u * u);
  return recordUri(state, COLLECTIONS.post, live.post.accountAt(back), live.post.microsAt(back));
}

function popularUri(state: WorldState, rank: number): string {
  const { popular } = state;
  return recordUri(state, COLLECTIONS.post, popular.accounts[rank] ?? 0, popular.micros[rank] ?? 0);
}

function subjectRecord(state: WorldState, name: 'like' | 'repost', actor: number, uri: string): WorldEvent {
  return createIn(state, name, actor, subjectJson(state, name, uri));
}

function graphRecord(state: WorldState, name: 'follow' | 'block', actor: number): WorldEvent {
  return createIn(state, name, actor, graphJson(state, name));
}

function subjectJson(state: WorldState, name: 'like' | 'repost', uri: string): string {
  const via = state.random.chance(0.1) && state.live.repost.size > 0 ? `,"via":${strongRef(state, viaUri(state))}` : '';
  return `{"$type":"${COLLECTIONS[name]}","createdAt":"${createdAt(state)}","subject":${strongRef(state, uri)}${via}}`;
}

function viaUri(state: WorldState): string {
  const reposts = state.live.repost;
  const back = state.random.int(Math.min(reposts.size, 500));
  return recordUri(state, COLLECTIONS.repost, reposts.accountAt(back), reposts.microsAt(back));
}

function graphJson(state: WorldState, name: 'follow' | 'block'): string {
  return `{"$type":"${COLLECTIONS[name]}","createdAt":"${createdAt(state)}","subject":"${state.accounts.did(pickTarget(state))}"}`;
}

/** Creates a record under a new TID and remembers it. */
export function createIn(state: WorldState, name: RingName, actor: number, record: string): WorldEvent {
  const micros = nextRkey(state, actor);
  state.live[name].push(actor, micros);
  return commit(state, actor, {
    operation: 'create',
    collection: COLLECTIONS[name],
    rkey: tidOf(state, actor, micros),
    record,
  });
}
