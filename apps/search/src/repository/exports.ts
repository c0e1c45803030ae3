import type { Accounts } from '@updraft/identity';
import type { Spool } from '@updraft/repository';
import { createTurns } from '@updraft/service';
import type { Exports } from '../context.ts';
import { exportRepository } from './read-repository.ts';

/** Bounds exports: four at once, one of a caller, one of an account. @throws LimitError beyond that */
export function createExports(spool: Spool, accounts: Accounts): Exports {
  const callers = createTurns({ atOnce: 4, perCaller: 1, what: 'exports', retryAfterS: RETRY_AFTER_S });
  const repositories = createTurns({ ...ONE_READING_OF_A_REPOSITORY, atOnce: Number.POSITIVE_INFINITY });
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
/** For createTurns(), where the account is the caller. */
export const ONE_READING_OF_A_REPOSITORY = {
  perCaller: 1,
  what: 'readings of one repository',
  retryAfterS: RETRY_AFTER_S,
};
