import { type ConsoleEnvironment, consoleEnvironment } from '@updraft/console-api';
import { feedsConfig, feedsEnvironment, MAX_SEEN_DAYS, type ServiceIdentity } from '@updraft/feeds';
import {
  corsOrigins,
  drainEnvironment,
  flag,
  type LogLevel,
  listenAddress,
  origin,
  readConfig,
  requireLoopback,
  serviceEnvironment,
  type TelemetryOptions,
  telemetryOptions,
  trustedProxies,
  wholeNumber,
} from '@updraft/service';
import {
  type ClickHouseOptions,
  clickHouseOptions,
  type RedisAddress,
  redisAddress,
  storeEnvironment,
} from '@updraft/store';
import { z } from 'zod';

/** The feed generator's settings, read from the environment. */
export interface FeedgenConfig {
  readonly service: ServiceIdentity;
  readonly feedsFile: string;
  /** Origin of the PLC directory. */
  readonly plcHost: string;
  /** `host:port` of the app. */
  readonly listen: string;
  /** `host:port` of /metrics, /healthz and /readyz. */
  readonly metricsListen: string;
  readonly clickhouse: ClickHouseOptions;
  readonly redis: RedisAddress;
  readonly corsOrigins: readonly string[];
  /** Proxies whose word on the caller's address counts. */
  readonly trustProxy: boolean | string[];
  /** Tests and the simulated network only: did:web and handles may live on private addresses. */
  readonly allowPrivateAddresses: boolean;
  /** Likes in the graph of for-you feeds at most. */
  readonly maxGraphLikes: number;
  readonly console: ConsoleEnvironment;
  readonly logLevel: LogLevel;
  /** How long it still takes requests after SIGTERM. */
  readonly drainDelayMs: number;
  readonly telemetry: TelemetryOptions;
  /** Bounds of viewers' builds. */
  readonly personal: {
    readonly atOnce: number;
    readonly maxWaiting: number;
    readonly maxBytes: number;
    readonly maxStoredBytes: number;
  };
  /** Days that a post which a viewer has seen stays out of feeds with `hideSeen`. */
  readonly seenDays: number;
  /** Of Redis's memory, for what viewers have seen. */
  readonly seenMaxBytes: number;
}

const Variables = z.object({
  ...feedsEnvironment.shape,
  ...storeEnvironment.shape,
  ...serviceEnvironment.shape,
  ...drainEnvironment.shape,
  ...consoleEnvironment.shape,
  METRICS_LISTEN_ADDRESS: listenAddress(':8095'),
  PLC_HOST: origin.prefault('https://plc.directory'),
  CORS_ORIGINS: corsOrigins,
  TRUST_PROXY: trustedProxies,
  ALLOW_PRIVATE_ADDRESSES: flag,
  FOR_YOU_MAX_LIKES: wholeNumber({ min: 1_000, max: 500_000_000, preset: 25_000_000 }),
  PERSONAL_BUILDS_AT_ONCE: wholeNumber({ min: 1, max: 100, preset: 4 }),
  PERSONAL_BUILDS_WAITING: wholeNumber({ min: 0, max: 100_000, preset: 1_000 }),
  PERSONAL_MEMORY_MB: wholeNumber({ min: 1, max: 100_000, preset: 128 }),
  PERSONAL_REDIS_MB: wholeNumber({ min: 1, max: 1_000_000, preset: 256 }),
  SEEN_DAYS: wholeNumber({ min: 1, max: MAX_SEEN_DAYS, preset: 7 }),
  SEEN_MAX_MB: wholeNumber({ min: 1, max: 1_000_000, preset: 256 }),
});

/** @throws ConfigError that names every fault of the environment */
export function readFeedgenConfig(env: Readonly<Record<string, string | undefined>>): FeedgenConfig {
  const read = readConfig(Variables, env);
  requireLoopback(read.PLC_HOST, read.LISTEN_ADDRESS);
  return {
    ...feedsConfig(read),
    plcHost: read.PLC_HOST,
    listen: read.LISTEN_ADDRESS,
    metricsListen: read.METRICS_LISTEN_ADDRESS,
    clickhouse: clickHouseOptions(read),
    redis: redisAddress(read),
    corsOrigins: read.CORS_ORIGINS,
    trustProxy: read.TRUST_PROXY,
    allowPrivateAddresses: read.ALLOW_PRIVATE_ADDRESSES,
    maxGraphLikes: read.FOR_YOU_MAX_LIKES,
    console: read,
    logLevel: read.LOG_LEVEL,
    drainDelayMs: read.DRAIN_DELAY,
    telemetry: telemetryOptions('feedgen', read),
    personal: {
      atOnce: read.PERSONAL_BUILDS_AT_ONCE,
      maxWaiting: read.PERSONAL_BUILDS_WAITING,
      maxBytes: read.PERSONAL_MEMORY_MB * 1_000_000,
      maxStoredBytes: read.PERSONAL_REDIS_MB * 1_000_000,
    },
    seenDays: read.SEEN_DAYS,
    seenMaxBytes: read.SEEN_MAX_MB * 1_000_000,
  };
}
