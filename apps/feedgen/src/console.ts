import { type Console, createConsole } from '@updraft/console-api';
import { type FeedsFile, rolesIn } from '@updraft/feeds';
import type { Logger } from '@updraft/service';
import type { Redis } from '@updraft/store';
import type { FeedgenConfig } from './config.ts';
import type { Identity } from './identity.ts';

interface ConsoleDeps {
  readonly config: FeedgenConfig;
  readonly file: FeedsFile;
  readonly redis: Redis;
  readonly log: Logger;
}

/** The console as this service serves it: the public pages, and those of hosts. */
export function createFeedgenConsole(
  { config, file, redis, log }: ConsoleDeps,
  { handles }: Identity,
): Console | undefined {
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
    rolesOf: (did) => rolesIn(file, env.CONSOLE_OPERATORS, did),
    findDid: handles.resolve,
    log,
  });
}
