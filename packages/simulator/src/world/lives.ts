import type { WorldEvent } from './event.ts';
import { LANGUAGES, writeText } from './languages.ts';
import { blob } from './posting.ts';
import { createWeighted } from './rng.ts';
import {
  COLLECTIONS,
  commit,
  createdAt,
  displayTime,
  pickActor,
  recordUri,
  relaySeq,
  strongRef,
  type WorldState,
} from './state.ts';

/** What happens to accounts: profiles, handles, deletions and other statuses. */

const pickLanguage = createWeighted(LANGUAGES);

export function profile(state: WorldState, actor: number = pickActor(state)): WorldEvent {
  const { random } = state;
  const u = random.next();
  if (u < 0.01) return commit(state, actor, { operation: 'delete', collection: PROFILE, rkey: 'self' });
  const language = pickLanguage(random);
  const parts = [
    '"$type":"app.bsky.actor.profile"',
    ...(random.chance(0.6) ? [`"avatar":${blob(state, 'image/jpeg')}`] : []),
    ...(random.chance(0.8) ? [`"createdAt":"${createdAt(state)}"`] : []),
    ...(random.chance(0.7) ? [`"description":${JSON.stringify(writeText(random, language, 12))}`] : []),
    ...(random.chance(0.9) ? [`"displayName":${JSON.stringify(writeText(random, language, 2))}`] : []),
    ...(random.chance(0.1) && state.live.post.size > 0 ? [`"pinnedPost":${strongRef(state, lastPost(state))}`] : []),
  ];
  return commit(state, actor, {
    operation: u < 0.5 ? 'create' : 'update',
    collection: PROFILE,
    rkey: 'self',
    record: `{${parts.join(',')}}`,
  });
}

const PROFILE = 'app.bsky.actor.profile';

function lastPost(state: WorldState): string {
  return recordUri(state, COLLECTIONS.post, state.live.post.accountAt(0), state.live.post.microsAt(0));
}

/** The account's handle as it is; a third of the real events name none. */
export function identity(state: WorldState, actor: number, withHandle: boolean): WorldEvent {
  const handle = withHandle ? `,"handle":"${state.accounts.handle(actor, state.handleVersion[actor] ?? 0)}"` : '';
  return accountMessage(state, actor, 'identity', handle);
}

/** A new handle, or an identity event that changes none (a rotated key, say). */
export function changeIdentity(state: WorldState): WorldEvent {
  const actor = pickActor(state);
  const withHandle = state.random.chance(0.65);
  if (withHandle) state.handleVersion[actor] = (state.handleVersion[actor] ?? 0) + 1;
  return identity(state, actor, withHandle);
}

/** A status has the number of its place here, from 1. */
const STATUSES = ['deactivated', 'deleted', 'takendown', 'suspended', 'desynchronized', 'throttled'] as const;
const DELETED = 2;

const pickStatus = createWeighted<number>([
  [1, 45],
  [DELETED, 30],
  [3, 12],
  [4, 5],
  [5, 4],
  [6, 4],
]);

/** An account becomes inactive in one of the ways there are, or active again, sometimes after a deletion. */
export function changeStatus(state: WorldState): WorldEvent | undefined {
  return state.inactive.length > 0 && state.random.chance(0.45) ? comeBack(state) : goAway(state);
}

function goAway(state: WorldState): WorldEvent {
  // Mostly not one of the few that do most: a world without them would fall silent.
  const actor = state.random.chance(0.2) ? pickActor(state) : state.random.int(state.accounts.count);
  if (state.random.chance(0.05)) return accountMessage(state, actor, 'account', ',"status":"throttled"', true);
  const status = pickStatus(state.random);
  if (state.status[actor] === 0) state.inactive.push(actor);
  state.status[actor] = status;
  return accountMessage(state, actor, 'account', `,"status":"${STATUSES[status - 1]}"`, false);
}

function comeBack(state: WorldState): WorldEvent | undefined {
  const { inactive, random, status } = state;
  const at = random.int(inactive.length);
  const actor = inactive[at] ?? 0;
  if (status[actor] === DELETED && !random.chance(0.4)) return undefined;
  inactive[at] = inactive.at(-1) ?? 0;
  inactive.pop();
  status[actor] = 0;
  return accountMessage(state, actor, 'account', '', true);
}

/**
 * An identity or account event. Its inner time is in milliseconds, later than everything of the account before it and earlier than
 * everything after it.
 */
function accountMessage(
  state: WorldState,
  actor: number,
  kind: 'identity' | 'account',
  more: string,
  active?: boolean,
): WorldEvent {
  const did = state.accounts.did(actor);
  const ms = Math.max(
    Math.ceil(Math.max(state.clock, state.lastTid[actor] ?? 0) / 1_000),
    (state.lastEventMs[actor] ?? 0) + 1,
  );
  state.lastEventMs[actor] = ms;
  state.lastTid[actor] = Math.max(state.lastTid[actor] ?? 0, ms * 1_000);
  const flag = active === undefined ? '' : `"active":${active},`;
  return {
    did,
    timeUs: displayTime(state),
    tail: `,"kind":"${kind}","${kind}":{${flag}"did":"${did}"${more},"seq":${relaySeq(state)},"time":"${state.writeTime(ms)}"}}`,
    raw: undefined,
    nth: 0,
  };
}
