import { Redis, ReplyError } from 'ioredis';
import { ConnectionError, SetupStoreError, StoreError, UnavailableError } from '../errors.ts';
import type { StoreLog } from '../log.ts';
import { translateErrors } from './errors.ts';
import { boundOfflineQueue } from './offline-queue.ts';
import { traceCommands } from './tracing.ts';

export type { Redis } from 'ioredis';

export interface RedisOptions {
  /** `host:port`, or a redis:// or rediss:// URL (user, password and number of the database as usual). */
  address: string;
  /** Of the address's user; one in the address itself counts first. Empty: none. */
  password?: string | undefined;
  log?: StoreLog;
}

const CONNECT_TIMEOUT_MS = 5_000;
const COMMAND_TIMEOUT_MS = 5_000;
/** A connection on which nothing comes for so long while commands wait is dead, whatever its socket says: another one is made. */
const SILENCE_MS = 10_000;
const MAX_RECONNECT_MS = 2_000;
/** Attempts to connect before a waiting command fails. */
const MAX_TRIES = 2;

/**
 * A Redis client that connects at its first command. A command fails after 5 s or two failed connects, whichever is first. The
 * connection itself is retried for ever, with jitter; at most 1,000 commands wait for it. An outage is logged once. Commands reject with
 * StoreErrors.
 * @throws SetupStoreError when the address is not one.
 */
export function createRedis({ address, password = '', log }: RedisOptions): Redis {
  const redis = new Redis(redisUrl(address).href, {
    ...(password === '' ? {} : { password }),
    lazyConnect: true,
    connectTimeout: CONNECT_TIMEOUT_MS,
    commandTimeout: COMMAND_TIMEOUT_MS,
    socketTimeout: SILENCE_MS,
    maxRetriesPerRequest: MAX_TRIES,
    retryStrategy: (times) => Math.random() * Math.min(100 * 2 ** Math.min(times, 10), MAX_RECONNECT_MS),
  });
  boundOfflineQueue(redis);
  traceCommands(redis);
  translateErrors(redis, (error) => redisError(error, redis));
  logOutages(redis, log);
  return redis;
}

/** Resolves when Redis answers. @throws SetupStoreError or ConnectionError with one clear sentence. */
export async function checkRedis(redis: Redis): Promise<void> {
  await redis.ping();
}

/** The store's error of what ioredis threw. */
function redisError(error: unknown, redis: Redis): StoreError {
  if (error instanceof StoreError) return error;
  const where = `Redis at ${redis.options.host}:${redis.options.port}`;
  if (!(error instanceof Error && error instanceof ReplyError)) {
    const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
    return new ConnectionError(`${where} can't be reached`, {
      cause: error,
      code: typeof code === 'string' ? code : undefined,
    });
  }
  // The first word of an error reply is its code: https://redis.io/docs/latest/develop/reference/protocol-spec/#simple-errors
  const code = /^[A-Z]+/.exec(error.message)?.[0];
  if (code === 'NOAUTH' || code === 'WRONGPASS' || code === 'NOPERM') {
    return new SetupStoreError(`${where} refuses the user or the password (${code})`, { cause: error, code });
  }
  return new UnavailableError(`${where}: ${error.message}`, { cause: error, code });
}

function redisUrl(address: string): URL {
  const url = URL.parse(address.includes('://') ? address : `redis://${address}`);
  if (url === null || !/^rediss?:$/.test(url.protocol) || url.hostname === '') {
    throw new SetupStoreError(
      `Redis's address must be host:port or a redis:// URL, got ${JSON.stringify(address.replace(/\/\/.*@/, '//…@'))}`,
    );
  }
  return url;
}

function logOutages(redis: Redis, log: StoreLog | undefined): void {
  let isDown = false;
  redis.on('error', (error: Error) => {
    if (!isDown) log?.warn({ err: error }, 'Redis is out of reach');
    isDown = true;
  });
  redis.on('ready', () => {
    if (isDown) log?.info({}, 'Redis is back');
    isDown = false;
  });
}
