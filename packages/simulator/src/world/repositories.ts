import type { WorldEvent } from './event.ts';
import type { CommitText } from './state.ts';

/** What a repository holds under one key. */
export type RepositoryRecord = Required<Omit<CommitText, 'operation'>>;
/** A repository's records by `collection/rkey`. */
export type Repository = Map<string, RepositoryRecord>;

/** Repositories by DID, as their events leave them. Hostile records are left out. */
export interface Repositories {
  observe(event: WorldEvent): void;
  of(did: string): Repository;
}

const COMMIT =
  /^,"kind":"commit","commit":\{"rev":"[^"]+","operation":"[a-z]+","collection":"([^"]+)","rkey":"([^"]+)"(?:,"record":(.*),"cid":"([^"]+)")?\}\}$/;

/** The repositories of the DIDs that `isWanted` names. */
export function createRepositories(isWanted: (did: string) => boolean): Repositories {
  const byDid = new Map<string, Repository>();
  const of = (did: string) => {
    const repository = byDid.get(did) ?? new Map<string, RepositoryRecord>();
    byDid.set(did, repository);
    return repository;
  };
  return {
    of,
    observe({ did, tail, isStrange }) {
      if (isStrange || !isWanted(did)) return;
      if (isEnd(tail)) of(did).clear();
      const [, collection = '', rkey = '', record, cid] = COMMIT.exec(tail) ?? [];
      if (collection === '') return;
      if (record === undefined || cid === undefined) of(did).delete(`${collection}/${rkey}`);
      else of(did).set(`${collection}/${rkey}`, { collection, rkey, record, cid });
    },
  };
}

/** Whether an event empties the repository: the account's deletion, or a `#sync`, whose rows follow. */
function isEnd(tail: string): boolean {
  return (
    tail.startsWith(',"kind":"sync"') || (tail.startsWith(',"kind":"account"') && tail.includes('"status":"deleted"'))
  );
}
