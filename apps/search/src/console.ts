import { type Console, createConsole, operatorRoles } from '@updraft/console-api';
import type { Accounts } from '@updraft/identity';
import type { SearchDeps } from './context.ts';

/** The console as this service serves it: the public pages, the clean-up, and those of operators. */
export function createSearchConsole({ env, redis, log }: SearchDeps, accounts: Accounts): Console | undefined {
  return createConsole({
    service: 'search',
    env,
    listen: env.LISTEN_ADDRESS,
    redis,
    redisPrefix: env.REDIS_PREFIX,
    plcHost: env.PLC_HOST,
    allowPrivateAddresses: env.ALLOW_PRIVATE_ADDRESSES,
    tokenKeys: env.CLEANUP_TOKEN_KEY,
    rolesOf: operatorRoles(env),
    findDid: async (handle, caller) => (await accounts.find(handle, caller)).did,
    log,
  });
}
