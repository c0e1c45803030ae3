import { type Console, createConsole, operatorRoles } from '@updraft/console-api';
import type { Logger } from '@updraft/service';
import type { Redis } from '@updraft/store';
import type { FeedgenConfig } from './config.ts';
import type { Identity } from './identity.ts';

interface ConsoleDeps {
  readonly config: FeedgenConfig;
  readonly redis: Redis;
  readonly log: Logger;
}

/** The console as this service serves it: the public pages, and those of hosts. */
export function createFeedgenConsole({ config, redis, log }: ConsoleDeps, { handles }: Identity): Console | undefined {
  const { console: env, listen, plcHost, allowPrivateAddresses } = config;
  return createConsole({
    service: 'feedgen',
    env,
    listen,
    redis,
    redisPrefix: config.redis.prefix,
    plcHost,
    allowPrivateAddresses,
    tokenKeys: [], // clean-ups are the search service's
    rolesOf: operatorRoles(env),
    findDid: handles.resolve,
    log,
  });
}
