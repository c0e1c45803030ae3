import type { Spool } from '@updraft/repository';
import { createTurns } from '@updraft/service';
import type { Account, Accounts } from './accounts.ts';
import type { CountLikes } from './cleanup/count-likes.ts';
import type { Exports } from './context.ts';
import type { DeletionPlan, DeletionQuery } from './repository/plan-deletions.ts';
import { exportRepository, planFromRepository } from './repository/read-repository.ts';

export interface ExportsOptions {
  readonly spool: Spool;
  readonly accounts: Accounts;
  readonly atOnce: number;
}

/** Bounds exports: few at once, one of a caller, one of an account. @throws LimitError beyond that */
export function createExports({ spool, accounts, atOnce }: ExportsOptions): Exports {
  const callers = createTurns({ atOnce, perCaller: 1, what: 'exports', retryAfterS: RETRY_AFTER_S });
  const repositories = createTurns({ ...ONE_AT_ONCE, atOnce: Number.POSITIVE_INFINITY });
  return {
    use: async (caller, account, format, signal, use) => {
      const work = async () => {
        await using spooled = await spool.fetch(account.pds, account.did, signal);
        const options = { ...spooled, did: account.did, checkCommit: accounts.checkCommit(account), signal };
        await use(await exportRepository(options, format));
      };
      await repositories.run(account.did, () => callers.run(caller, work, signal), signal);
    },
  };
}

const RETRY_AFTER_S = 30;
const ONE_AT_ONCE = { perCaller: 1, what: 'readings of one repository', retryAfterS: RETRY_AFTER_S };

export type Plan = (account: Account, query: DeletionQuery, signal: AbortSignal) => Promise<DeletionPlan>;

/** Reads an account's repository for a clean-up, and the likes of its posts where they matter. @throws LikesError, AccountError, PdsError, RepositoryError */
export function createPlan(spool: Spool, accounts: Accounts, countLikes: CountLikes): Plan {
  return async (account, query, signal) => {
    const { minLikes } = query.keep;
    const likes = minLikes === undefined ? undefined : await countLikes(account.did, minLikes, signal);
    await using spooled = await spool.fetch(account.pds, account.did, signal);
    return await planFromRepository(
      { ...spooled, did: account.did, checkCommit: accounts.checkCommit(account), signal },
      { ...query, likes },
    );
  };
}

/** Bounds plans: few at once, one of an account. @throws LimitError beyond that */
export function limitPlans(plan: Plan, { atOnce }: { atOnce: number }): Plan {
  const turns = createTurns({ ...ONE_AT_ONCE, atOnce });
  return (account, query, signal) => turns.run(account.did, () => plan(account, query, signal), signal);
}
