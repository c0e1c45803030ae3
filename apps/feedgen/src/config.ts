import { isDid } from '@updraft/atproto';
import {
  address,
  ConfigError,
  drainEnvironment,
  listenAddress,
  readConfig,
  type TelemetryOptions,
  telemetryEnvironment,
  telemetryOptions,
} from '@updraft/service';
import { z } from 'zod';

/** The feed generator's settings, read from the environment. */
export interface FeedgenConfig {
  /** `host:port` of the app. */
  readonly listen: string;
  /** `host:port` of /metrics, /healthz and /readyz. */
  readonly metricsListen: string;
  readonly service: ServiceIdentity;
  /** Origin of the PLC directory. */
  readonly plcHost: string;
  readonly clickhouse: { address: string; username: string; password: string; database: string };
  readonly redis: { address: string; password: string; prefix: string };
  readonly feedsFile: string;
  readonly corsOrigins: readonly string[];
  /** Proxies that are believed about the caller's address. */
  readonly trustProxy: boolean | string[];
  /** Tests and the simulated network only: did:web and handles may live on private addresses. */
  readonly allowPrivateAddresses: boolean;
  readonly logLevel: z.output<typeof LogLevel>;
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

const LogLevel = z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']);

const origin = z
  .string()
  .refine((text) => /^https?:\/\/[^/]+\/?$/.test(text) && URL.canParse(text), {
    error: "expected an origin such as 'https://feeds.example'",
  })
  .transform((text) => new URL(text).origin);

const list = z
  .string()
  .default('')
  .transform((text) =>
    text
      .split(',')
      .map((entry) => entry.trim())
      .filter((entry) => entry !== ''),
  );

const flag = z
  .enum(['true', 'false', '1', '0'])
  .default('false')
  .transform((text) => text === 'true' || text === '1');

const Variables = z.object({
  LISTEN_ADDRESS: listenAddress(':8094'),
  METRICS_LISTEN_ADDRESS: listenAddress(':8095'),
  SERVICE_ENDPOINT: origin.optional(),
  FEED_ACTOR_DID: z.string().refine(isDid, { error: 'expected a DID' }).optional(),
  PLC_HOST: origin.prefault('https://plc.directory'),
  CLICKHOUSE_ADDRESS: address('127.0.0.1:8123'),
  CLICKHOUSE_USERNAME: z.string().default('default'),
  CLICKHOUSE_PASSWORD: z.string().default(''),
  CLICKHOUSE_DATABASE: z.string().default('atproto'),
  REDIS_ADDRESS: address('127.0.0.1:6379'),
  REDIS_PASSWORD: z.string().default(''),
  REDIS_PREFIX: z.string().default('updraft'),
  FEEDS_FILE: z.string().default(`${import.meta.dirname}/../../../config/feeds.yaml`),
  CORS_ORIGINS: list,
  TRUST_PROXY: list,
  ALLOW_PRIVATE_ADDRESSES: flag,
  LOG_LEVEL: LogLevel.default('info'),
  ...drainEnvironment.shape,
  ...telemetryEnvironment.shape,
});

/** @throws ConfigError that names every fault of the environment */
export function readFeedgenConfig(env: Readonly<Record<string, string | undefined>>): FeedgenConfig {
  const read = readConfig(Variables, env);
  requireLoopback(read.PLC_HOST, read.LISTEN_ADDRESS);
  const endpoint =
    read.SERVICE_ENDPOINT ?? `http://${read.LISTEN_ADDRESS.replace(/^(?:0\.0\.0\.0|\[::\]):/, '127.0.0.1:')}`;
  const did = didOfEndpoint(endpoint);
  return {
    listen: read.LISTEN_ADDRESS,
    metricsListen: read.METRICS_LISTEN_ADDRESS,
    service: { endpoint, did, actorDid: read.FEED_ACTOR_DID ?? did },
    plcHost: read.PLC_HOST,
    clickhouse: {
      address: read.CLICKHOUSE_ADDRESS,
      username: read.CLICKHOUSE_USERNAME,
      password: read.CLICKHOUSE_PASSWORD,
      database: read.CLICKHOUSE_DATABASE,
    },
    redis: { address: read.REDIS_ADDRESS, password: read.REDIS_PASSWORD, prefix: read.REDIS_PREFIX },
    feedsFile: read.FEEDS_FILE,
    corsOrigins: read.CORS_ORIGINS,
    trustProxy: read.TRUST_PROXY.includes('true') ? true : read.TRUST_PROXY.length > 0 ? read.TRUST_PROXY : false,
    allowPrivateAddresses: read.ALLOW_PRIVATE_ADDRESSES,
    logLevel: read.LOG_LEVEL,
    drainDelayMs: read.DRAIN_DELAY,
    telemetry: telemetryOptions('feedgen', read),
  };
}

/**
 * The did:web of an origin. A loopback address becomes `localhost`, with its port, as the protocol allows for development;
 * elsewhere a port has no place in a did:web. Source: https://atproto.com/specs/did
 */
export function didOfEndpoint(endpoint: string): string {
  const { hostname, port } = new URL(endpoint);
  if (isLoopback(hostname)) return `did:web:localhost${port === '' ? '' : `%3A${port}`}`;
  return `did:web:${hostname}`;
}

/** Whoever answers an unencrypted PLC directory's questions decides who is who: such a service is not for others. */
function requireLoopback(plcHost: string, listen: string): void {
  const host = listen.slice(0, listen.lastIndexOf(':'));
  if (!plcHost.startsWith('http:') || isLoopback(host)) return;
  throw new ConfigError([
    `LISTEN_ADDRESS: with an http: PLC_HOST the service listens on 127.0.0.1 only, got ${JSON.stringify(listen)}`,
  ]);
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host);
}
