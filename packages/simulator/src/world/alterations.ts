import { createIn, engagementRecord } from './engagement.ts';
import type { WorldEvent } from './event.ts';
import { postRecord } from './posting.ts';
import type { Repository, RepositoryRecord } from './repositories.ts';
import type { Random } from './rng.ts';
import { COLLECTIONS, commit, nextRkey, tidOf, type WorldState } from './state.ts';

/** The account whose repository diverges, and its true repository. */
export interface Stage {
  readonly state: WorldState;
  readonly random: Random;
  readonly account: number;
  readonly repository: Repository;
}

/** Changes a repository without a word to the stream: records go, change, and come. */
export function alter(stage: Stage): void {
  const { state, random, account, repository } = stage;
  for (const [path, record] of repository) {
    const u = random.next();
    const changed = u < 0.3 ? otherRecord(stage, record) : undefined;
    if (u < 0.15) repository.delete(path);
    else if (changed !== undefined) repository.set(path, changed);
  }
  for (let left = 1 + random.int(4); left > 0; left--) {
    const rkey = tidOf(state, account, nextRkey(state, account));
    const added = otherRecord(stage, { collection: COLLECTIONS[random.pick(ADDED)], rkey, record: '', cid: '' });
    if (added !== undefined) repository.set(`${added.collection}/${rkey}`, added);
  }
}

const ADDED = ['post', 'like', 'repost', 'follow', 'block'] as const;

/** Another record of the same type under the same key; undefined where the world writes none of the type. */
function otherRecord({ state }: Stage, { collection, rkey }: RepositoryRecord): RepositoryRecord | undefined {
  const name = ADDED.find((candidate) => COLLECTIONS[candidate] === collection);
  if (name === undefined) return undefined;
  const record = name === 'post' ? postRecord(state) : engagementRecord(state, name);
  return record === undefined ? undefined : { collection, rkey, record, cid: state.cid.record() };
}

/** An ordinary commit of the account: a create, or an update or delete of something that its repository holds. */
export function* liveCommit(stage: Stage): Generator<WorldEvent, void, void> {
  const { state, random, account, repository } = stage;
  const u = random.next();
  const held = repository.size > 0 && u > 0.4 ? random.pick([...repository.values()]) : undefined;
  const changed = held === undefined ? undefined : otherRecord(stage, held);
  if (held === undefined) yield createIn(state, 'post', account, postRecord(state));
  else if (changed === undefined || u > 0.7)
    yield commit(state, account, { operation: 'delete', collection: held.collection, rkey: held.rkey });
  else yield commit(state, account, { operation: 'update', ...changed });
}
