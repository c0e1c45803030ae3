import { isDid } from '@updraft/atproto';
import { parseSince, type Since } from '@updraft/ingest';

import {
  type ArchiveSettings,
  archiveEnvironment,
  archiveSettings,
  PUBLIC_HOSTS,
  readArchiveSettings,
} from '@updraft/jetstream';
import {
  durationMs,
  flag,
  flagOn,
  type LogLevel,
  listenAddress,
  origin,
  readConfig,
  serviceEnvironment,
  someTimeMs,
  type TelemetryOptions,
  telemetryOptions,
  wholeNumber,
} from '@updraft/service';
import {
  type ClickHouseOptions,
  clickHouseOptions,
  commandEnvironment,
  type RedisAddress,
  redisAddress,
  storeEnvironment,
} from '@updraft/store';
import { z } from 'zod';
import type { BatchLimits } from './batch/batch-queue.ts';
import { hostAddress } from './source/host-address.ts';

/** The indexer's settings, read from the environment. */
export interface IndexerConfig {
  /** Addresses of Jetstream hosts, in order of preference: `…/subscribe` is read by v1, others by v2. */
  readonly hosts: readonly string[];
  readonly clickhouse: ClickHouseOptions;
  readonly redis: RedisAddress;
  /** `host:port` of /metrics, /healthz and /readyz. */
  readonly metricsListen: string;
  readonly logLevel: LogLevel;
  /** Where a new store starts; undefined: now. */
  readonly since: Since | undefined;
  /** Where a new store's past comes from; undefined: no host has an archive. */
  readonly archive: ArchiveSettings | undefined;
  readonly limits: BatchLimits;
  readonly idleTimeoutMs: number;
  /** How often the host is compared with another one; 0: never. */
  readonly compareEveryMs: number;
  /** After this long without any sign of life /healthz fails, and a little later the process ends itself. */
  readonly stallTimeoutMs: number;
  /** How long a killed indexer keeps its standby waiting. */
  readonly leaseTtlMs: number;
  /** Whether accounts' own servers are asked when the order of their events is in doubt, and how they are found. */
  readonly accounts: {
    readonly ask: boolean;
    readonly plcHost: string;
    /** Tests only: ask servers on private addresses too. */
    readonly allowPrivateAddresses: boolean;
  };
  /** The DIDs of the labelers whose labels are read. */
  readonly labelers: readonly string[];
  readonly telemetry: TelemetryOptions;
}

/** What `pnpm replay` needs of it. */
export type ReplayConfig = Pick<IndexerConfig, 'clickhouse' | 'redis' | 'limits'>;

/** What `pnpm backfill` needs of it. */
export type BackfillConfig = ReplayConfig & Pick<IndexerConfig, 'archive'>;

type Environment = Readonly<Record<string, string | undefined>>;

/** @throws ConfigError that names every fault of the environment. */
export function readIndexerConfig(env: Environment): IndexerConfig {
  const read = readConfig(IndexerVariables, env);
  return {
    ...storeConfig(read),
    logLevel: read.LOG_LEVEL,
    hosts: read.WS_URL,
    metricsListen: read.METRICS_LISTEN_ADDRESS,
    since: read.SINCE,
    archive: archiveSettings(read, read.WS_URL),
    idleTimeoutMs: read.IDLE_TIMEOUT,
    compareEveryMs: read.COMPARE_INTERVAL,
    stallTimeoutMs: read.STALL_TIMEOUT ?? Math.max(STALLED_AFTER_MS, 3 * read.IDLE_TIMEOUT),
    leaseTtlMs: read.LEASE_TTL,
    accounts: {
      ask: read.ASK_ACCOUNT_SERVERS,
      plcHost: read.PLC_HOST,
      allowPrivateAddresses: read.ALLOW_PRIVATE_ADDRESSES,
    },
    labelers: read.LABELERS,
    telemetry: telemetryOptions('indexer', read),
  };
}

/** @throws ConfigError that names every fault of the environment. */
export function readReplayConfig(env: Environment): ReplayConfig {
  return storeConfig(readConfig(ReplayVariables, env));
}

/** @throws ConfigError that names every fault of the environment. */
export function readBackfillConfig(env: Environment): BackfillConfig {
  return { ...readReplayConfig(env), archive: readArchiveSettings(env) };
}

const MIB = 1024 * 1024;
/** Longer than any normal silence: a silent connection is ended after IDLE_TIMEOUT, and tries never stop. */
const STALLED_AFTER_MS = 300_000;

const hosts = parsed((text) => {
  const read = text.split(',').map((entry) => hostAddress(entry.trim()));
  return read.every((host) => host !== undefined) ? read : undefined;
}, "expected addresses of Jetstream hosts, separated by commas: 'wss://host' is read by v2, 'wss://host/subscribe' by v1, each with parameters of its own protocol only");

const since = parsed(
  parseSince,
  "expected a length of time such as '30d', a day such as '2026-07-04', or a time such as '2026-07-04T14:00:00Z'",
);

/** Bluesky's own moderation service. */
const BLUESKY_MODERATION = 'did:plc:ar7c4by46qjdydhdevvrndac';

const labelers = parsed((text) => {
  if (text === 'none') return [];
  const dids = text.split(',').map((did) => did.trim());
  return dids.every((did) => isDid(did)) ? [...new Set(dids)] : undefined;
}, "expected DIDs of labelers, separated by commas, or 'none'");

/** A text that `parse` understands: it gives undefined for any other. */
function parsed<T>(parse: (text: string) => T | undefined, expected: string) {
  return z.string().transform((text, context) => {
    const value = parse(text);
    if (value !== undefined) return value;
    context.issues.push({ code: 'custom', input: text, message: expected });
    return z.NEVER;
  });
}

const atLeastOne = (preset: number) => wholeNumber({ min: 1, preset });

const pipeline = {
  BATCH_MAX_ROWS: atLeastOne(50_000),
  BATCH_MAX_BYTES: atLeastOne(32 * MIB),
  FLUSH_INTERVAL: someTimeMs('1s'),
  QUEUE_MAX_BYTES: atLeastOne(32 * MIB),
};

const ReplayVariables = commandEnvironment.extend({ ...serviceEnvironment.shape, ...pipeline });

const IndexerVariables = storeEnvironment.extend({
  ...serviceEnvironment.shape,
  ...pipeline,
  ...archiveEnvironment.shape,
  WS_URL: hosts.prefault(PUBLIC_HOSTS.join(',')),
  METRICS_LISTEN_ADDRESS: listenAddress(':8091'),
  SINCE: since.optional(),
  IDLE_TIMEOUT: someTimeMs('60s'),
  COMPARE_INTERVAL: durationMs('30m'),
  STALL_TIMEOUT: someTimeMs('5m').optional(),
  LEASE_TTL: someTimeMs('6s').refine((ms) => ms >= 1_000 && ms <= 60_000, "expected a duration from '1s' to '1m'"),
  ASK_ACCOUNT_SERVERS: flagOn,
  PLC_HOST: origin.prefault('https://plc.directory'),
  ALLOW_PRIVATE_ADDRESSES: flag,
  LABELERS: labelers.prefault(BLUESKY_MODERATION),
});

function storeConfig(read: z.output<typeof ReplayVariables>): ReplayConfig {
  return {
    clickhouse: clickHouseOptions(read),
    redis: redisAddress(read),
    limits: {
      maxEvents: read.BATCH_MAX_ROWS,
      maxBytes: read.BATCH_MAX_BYTES,
      flushIntervalMs: read.FLUSH_INTERVAL,
      queueMaxBytes: read.QUEUE_MAX_BYTES,
    },
  };
}
