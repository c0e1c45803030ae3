import { isDid } from '@updraft/atproto';
import {
  corsOrigins,
  drainEnvironment,
  flag,
  isLoopbackHost,
  type LogLevel,
  listenAddress,
  origin,
  readConfig,
  requireLoopback,
  serviceEnvironment,
  type TelemetryOptions,
  telemetryOptions,
  trustedProxies,
} from '@updraft/service';
import {
  type ClickHouseOptions,
  clickHouseOptions,
  type RedisAddress,
  redisAddress,
  storeEnvironment,
} from '@updraft/store';
import { z } from 'zod';

/** Which feeds are served, and in whose name: what the commands need as well. */
export interface FeedsConfig {
  readonly service: ServiceIdentity;
  /** Origin of the PLC directory. */
  readonly plcHost: string;
  readonly feedsFile: string;
}

/** The feed generator's settings, read from the environment. */
export interface FeedgenConfig extends FeedsConfig {
  /** `host:port` of the app. */
  readonly listen: string;
  /** `host:port` of /metrics, /healthz and /readyz. */
  readonly metricsListen: string;
  readonly clickhouse: ClickHouseOptions;
  readonly redis: RedisAddress;
  readonly corsOrigins: readonly string[];
  /** Proxies that are believed about the caller's address. */
  readonly trustProxy: boolean | string[];
  /** Tests and the simulated network only: did:web and handles may live on private addresses. */
  readonly allowPrivateAddresses: boolean;
  readonly logLevel: LogLevel;
  /** How long it still takes requests after it was told to stop. */
  readonly drainDelayMs: number;
  readonly telemetry: TelemetryOptions;
}

/** Who this service is on the network. */
export interface ServiceIdentity {
  /** Origin that others reach it by. */
  readonly endpoint: string;
  /** did:web of the endpoint's host. */
  readonly did: string;
  /** Whose repository holds the feeds' records. */
  readonly actorDid: string;
}

const FeedsVariables = z.object({
  LISTEN_ADDRESS: listenAddress(':8094'),
  SERVICE_ENDPOINT: origin.optional(),
  FEED_ACTOR_DID: z.string().refine(isDid, { error: 'expected a DID' }).optional(),
  PLC_HOST: origin.prefault('https://plc.directory'),
  FEEDS_FILE: z.string().default(`${import.meta.dirname}/../../../config/feeds.yaml`),
});

const Variables = FeedsVariables.extend({
  ...storeEnvironment.shape,
  ...serviceEnvironment.shape,
  ...drainEnvironment.shape,
  METRICS_LISTEN_ADDRESS: listenAddress(':8095'),
  CORS_ORIGINS: corsOrigins,
  TRUST_PROXY: trustedProxies,
  ALLOW_PRIVATE_ADDRESSES: flag,
});

/** @throws ConfigError that names every fault of the environment */
export function readFeedgenConfig(env: Readonly<Record<string, string | undefined>>): FeedgenConfig {
  const read = readConfig(Variables, env);
  return {
    ...feedsConfig(read),
    listen: read.LISTEN_ADDRESS,
    metricsListen: read.METRICS_LISTEN_ADDRESS,
    clickhouse: clickHouseOptions(read),
    redis: redisAddress(read),
    corsOrigins: read.CORS_ORIGINS,
    trustProxy: read.TRUST_PROXY,
    allowPrivateAddresses: read.ALLOW_PRIVATE_ADDRESSES,
    logLevel: read.LOG_LEVEL,
    drainDelayMs: read.DRAIN_DELAY,
    telemetry: telemetryOptions('feedgen', read),
  };
}

/** For commands, which need no database for it. @throws ConfigError that names every fault */
export function readFeedsConfig(env: Readonly<Record<string, string | undefined>>): FeedsConfig {
  return feedsConfig(readConfig(FeedsVariables, env));
}

function feedsConfig(read: z.output<typeof FeedsVariables>): FeedsConfig {
  requireLoopback(read.PLC_HOST, read.LISTEN_ADDRESS);
  const endpoint =
    read.SERVICE_ENDPOINT ?? `http://${read.LISTEN_ADDRESS.replace(/^(?:0\.0\.0\.0|\[::\]):/, '127.0.0.1:')}`;
  const did = didOfEndpoint(endpoint);
  return {
    service: { endpoint, did, actorDid: read.FEED_ACTOR_DID ?? did },
    plcHost: read.PLC_HOST,
    feedsFile: read.FEEDS_FILE,
  };
}

/**
 * The did:web of an origin. A loopback address becomes `localhost`, with its port, as the protocol allows for development;
 * elsewhere a port has no place in a did:web. Source: https://atproto.com/specs/did
 */
export function didOfEndpoint(endpoint: string): string {
  const { hostname, port } = new URL(endpoint);
  if (isLoopbackHost(hostname)) return `did:web:localhost${port === '' ? '' : `%3A${port}`}`;
  return `did:web:${hostname}`;
}
