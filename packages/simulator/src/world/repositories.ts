import type { Accounts } from './accounts.ts';
import type { WorldEvent } from './event.ts';
import type { CommitText } from './state.ts';

/** What a repository holds under one key. */
export type RepositoryRecord = Required<Omit<CommitText, 'operation'>>;
/** A repository's records by `collection/rkey`. */
export type Repository = Map<string, RepositoryRecord>;

/** The repositories of some accounts, as their events leave them. Hostile records are left out. */
export interface Repositories {
  observe(event: WorldEvent): void;
  /** The numbers of the accounts whose repositories are known. */
  readonly accounts: readonly number[];
  of(account: number): Repository;
}

/** The busiest accounts are left out: their repositories are large. */
const BUSY_SHARE = 0.2;
const MAX_ACCOUNTS = 200;
const COMMIT =
  /^,"kind":"commit","commit":\{"rev":"[^"]+","operation":"[a-z]+","collection":"([^"]+)","rkey":"([^"]+)"(?:,"record":(.*),"cid":"([^"]+)")?\}\}$/;

export function createRepositories(accounts: Accounts): Repositories {
  const first = Math.floor(accounts.count * BUSY_SHARE);
  const stride = Math.ceil((accounts.count - first) / MAX_ACCOUNTS);
  const numbers = Array.from({ length: Math.floor((accounts.count - first) / stride) }, (_, i) => first + i * stride);
  const byDid = new Map<string, Repository>(numbers.map((account) => [accounts.did(account), new Map()]));
  return {
    accounts: numbers,
    of: (account) => byDid.get(accounts.did(account)) ?? new Map<string, RepositoryRecord>(),
    observe({ did, tail, isStrange }) {
      const repository = byDid.get(did);
      if (repository === undefined || isStrange) return;
      if (tail.startsWith(',"kind":"account"') && tail.includes('"status":"deleted"')) repository.clear();
      const [, collection = '', rkey = '', record, cid] = COMMIT.exec(tail) ?? [];
      if (collection === '') return;
      if (record === undefined || cid === undefined) repository.delete(`${collection}/${rkey}`);
      else repository.set(`${collection}/${rkey}`, { collection, rkey, record, cid });
    },
  };
}
