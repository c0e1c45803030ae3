import { XrpcError } from '@updraft/service';
import type { Account, Accounts } from './accounts.ts';
import type { CountLikes } from './cleanup/count-likes.ts';
import type { Exports } from './context.ts';
import type { DeletionPlan, DeletionQuery } from './repository/plan-deletions.ts';
import { exportRepository, planFromRepository } from './repository/read-repository.ts';
import type { Spool } from './repository/spool.ts';

export interface ExportsOptions {
  readonly spool: Spool;
  readonly accounts: Accounts;
  readonly maxConcurrent: number;
}

/** Exports within bounds: so many at once, and one of an account. @throws XrpcError 429 beyond them */
export function createExports({ spool, accounts, maxConcurrent }: ExportsOptions): Exports {
  const underWay = new Set<string>();
  return {
    use: async (account, format, signal, use) => {
      if (underWay.has(account.did)) throw busy('this repository is being exported at this moment');
      if (underWay.size >= maxConcurrent) throw busy(`${maxConcurrent} repositories are being exported at this moment`);
      underWay.add(account.did);
      try {
        await using spooled = await spool.fetch(account.pds, account.did, signal);
        const options = { ...spooled, did: account.did, checkCommit: accounts.checkCommit(account), signal };
        await use(await exportRepository(options, format));
      } finally {
        underWay.delete(account.did);
      }
    },
  };
}

function busy(message: string): XrpcError {
  return new XrpcError(429, 'RateLimitExceeded', message, { 'retry-after': '30' });
}

export type Plan = (account: Account, query: DeletionQuery, signal: AbortSignal) => Promise<DeletionPlan>;

/** Reads an account's repository for a clean-up, and the likes of its posts where they matter. @throws LikesError among others */
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

/** The same, but so many at once; more are told to come back. @throws XrpcError 429 */
export function limitPlans(plan: Plan, maxConcurrent: number): Plan {
  let underWay = 0;
  return async (account, query, signal) => {
    if (underWay >= maxConcurrent) throw busy('other repositories are being read at this moment');
    underWay++;
    try {
      return await plan(account, query, signal);
    } finally {
      underWay--;
    }
  };
}
