import type { Account, Accounts } from '@updraft/identity';
import type { Spool } from '@updraft/repository';
import { createTurns } from '@updraft/service';
import { ONE_READING_OF_A_REPOSITORY } from '../repository/exports.ts';
import type { DeletionPlan, DeletionQuery } from '../repository/plan-deletions.ts';
import { planFromRepository } from '../repository/read-repository.ts';
import type { CountLikes } from './count-likes.ts';

/** Reads an account's repository, and finds what a clean-up would delete. */
export type Plan = (account: Account, query: DeletionQuery, signal: AbortSignal) => Promise<DeletionPlan>;

/** Counts the likes of the account's posts first, where they matter. @throws LikesUnavailableError, PdsError, RepositoryError */
export function createPlan(spool: Spool, accounts: Accounts, countLikes: CountLikes): Plan {
  return async (account, query, signal) => {
    const { minLikes } = query.keep;
    const likes = minLikes === undefined ? undefined : await countLikes(account.did, minLikes, signal);
    await using spooled = await spool.fetch(account.pds, account.did, signal);
    const options = { ...spooled, did: account.did, checkCommit: accounts.checkCommit(account), signal };
    return await planFromRepository(options, { ...query, likes });
  };
}

/** Bounds plans: two at once, one of an account. @throws LimitError beyond that */
export function limitPlans(plan: Plan): Plan {
  const turns = createTurns({ ...ONE_READING_OF_A_REPOSITORY, atOnce: 2 });
  return (account, query, signal) => turns.run(account.did, () => plan(account, query, signal), signal);
}
