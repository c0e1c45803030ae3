import { consoleEnvironment } from '@updraft/console-api';
import {
  corsOrigins,
  drainEnvironment,
  flag,
  list,
  listenAddress,
  origin,
  readConfig,
  requireLoopback,
  serviceEnvironment,
  someTimeMs,
  trustedProxies,
  wholeNumber,
} from '@updraft/service';
import { storeEnvironment } from '@updraft/store';
import { z } from 'zod';

const keys = list.transform((texts, context) => {
  const decoded = texts.map((text) => new Uint8Array(Buffer.from(text, 'base64')));
  if (decoded.every((key) => key.length === 32)) return decoded;
  context.issues.push({
    code: 'custom',
    input: '',
    message: 'expected 32 bytes in base64, or several such keys separated by commas',
  });
  return z.NEVER;
});

const hosts = list.refine((all) => all.every((host) => isHttpUrl(host.includes('://') ? host : `https://${host}`)), {
  error: "expected hosts such as 'morel.us-east.host.bsky.network', separated by commas",
});

const concurrency = (preset: number) => wholeNumber({ min: 1, max: 64, preset });

/** The environment of the search service. */
const searchEnvironment = storeEnvironment.extend({
  LISTEN_ADDRESS: listenAddress(':8092'),
  METRICS_LISTEN_ADDRESS: listenAddress(':8093'),
  STATS_CACHE_TTL: someTimeMs('5m'),
  /** Earlier days are not counted again, since not all of their rows are kept. */
  STATS_OLDEST_DAY: z.iso.date({ error: "expected a day such as '2024-01-31'" }).default('1970-01-01'),
  /** Whether accounts that are labelled as bots count in trends. */
  TRENDS_BOTS: flag,
  CLEANUP_TOKEN_KEY: keys,
  /** How often the clean-up worker looks for jobs. */
  CLEANUP_POLL_INTERVAL: someTimeMs('5s'),
  /** The wait after a clean-up's first failure; it doubles with each, up to four hours. */
  CLEANUP_RETRY_WAIT: someTimeMs('1m'),
  /** A clean-up fails after this many tries in a row without a deletion. */
  CLEANUP_MAX_TRIES: wholeNumber({ min: 1, max: 1_000, preset: 20 }),
  /** How long the job of a killed instance waits until another takes it. */
  CLEANUP_LEASE_TTL: someTimeMs('60s'),
  /** Searches under way at once: of all callers, and of one. */
  SEARCH_CONCURRENCY: concurrency(4),
  SEARCH_CONCURRENCY_PER_CALLER: concurrency(2),
  PLC_HOST: origin.prefault('https://plc.directory'),
  CORS_ORIGINS: corsOrigins,
  TRUST_PROXY: trustedProxies,
  LIST_REPOS_HOSTS: hosts,
  LIST_REPOS_INTERVAL: someTimeMs('24h'),
  MAGIC_HEADER_VAL: z.string().optional(),
  /** The hosts that get MAGIC_HEADER_VAL, with their subdomains. */
  MAGIC_HEADER_HOSTS: list.transform((all) => (all.length === 0 ? ['bsky.social', 'bsky.network'] : all)),
  EXPORT_MAX_BYTES: wholeNumber({ min: 1_000_000, max: 10_000_000_000, preset: 1_000_000_000 }),
  /** The longest silence of an account's server while it sends a repository. */
  EXPORT_IDLE_TIMEOUT: someTimeMs('20s'),
  /** The least bytes a second that it must send, over any stretch of EXPORT_IDLE_TIMEOUT. */
  EXPORT_MIN_RATE: wholeNumber({ min: 1, max: 100_000_000, preset: 10_000 }),
  /** The folder for repositories while they are read; default: one in the system's temporary folder. */
  SPOOL_DIRECTORY: z.string().optional(),
  /** Whose alerts operators see. */
  PROMETHEUS_ORIGIN: origin.optional(),
  ALLOW_PRIVATE_ADDRESSES: flag,
  ...consoleEnvironment.shape,
  ...drainEnvironment.shape,
  ...serviceEnvironment.shape,
});

export type SearchEnvironment = z.output<typeof searchEnvironment>;

/** @throws ConfigError that names every fault of the environment */
export function readSearchConfig(env: Readonly<Record<string, string | undefined>>): SearchEnvironment {
  const read = readConfig(searchEnvironment, env);
  requireLoopback(read.PLC_HOST, read.LISTEN_ADDRESS);
  return read;
}

function isHttpUrl(text: string): boolean {
  return /^https?:\/\/[^/]/.test(text) && URL.canParse(text);
}
