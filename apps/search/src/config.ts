import { address, drainEnvironment, durationMs, listenAddress, telemetryEnvironment } from '@updraft/service';
import { clickHouseEnvironment } from '@updraft/store';
import { z } from 'zod';

/** Several values between commas. */
const list = z
  .string()
  .default('')
  .transform((text) =>
    text
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== ''),
  );

const keys = list.transform((texts, context) => {
  const decoded = texts.map((text) => new Uint8Array(Buffer.from(text, 'base64')));
  if (decoded.every((key) => key.length === 32)) return decoded;
  context.issues.push({
    code: 'custom',
    input: '',
    message: 'expected 32 bytes in base64, or several such keys between commas',
  });
  return z.NEVER;
});

const origins = list.refine((all) => all.every((origin) => origin === '*' || isOrigin(origin)), {
  error: "expected origins such as 'https://example.com' between commas, or '*'",
});

const httpUrl = z
  .string()
  .refine((text) => isHttpUrl(text), { error: "expected an address such as 'https://plc.directory'" });

const hosts = list.refine((all) => all.every((host) => isHttpUrl(host.includes('://') ? host : `https://${host}`)), {
  error: "expected hosts such as 'morel.us-east.host.bsky.network' between commas",
});

const bytes = (defaultBytes: number) =>
  z.coerce.number().int().min(1_000_000).max(10_000_000_000).default(defaultBytes);

const concurrency = (preset: number) =>
  z.coerce.number({ error: 'expected a whole number from 1 to 64' }).int().min(1).max(64).default(preset);

/** The environment of the search service. */
export const searchEnvironment = clickHouseEnvironment.extend({
  LISTEN_ADDRESS: listenAddress(':8092'),
  METRICS_LISTEN_ADDRESS: listenAddress(':8093'),
  REDIS_ADDRESS: address('127.0.0.1:6379'),
  REDIS_PASSWORD: z.string().default(''),
  REDIS_PREFIX: z.string().default('updraft'),
  STATS_CACHE_TTL: durationMs('5m'),
  /** Days before it keep the numbers they have, since not all of their rows are kept. */
  STATS_OLDEST_DAY: z.iso.date({ error: "expected a day such as '2024-01-31'" }).default('1970-01-01'),
  CLEANUP_TOKEN_KEY: keys,
  /** How often the clean-up worker looks for jobs. */
  CLEANUP_POLL_INTERVAL: durationMs('5s'),
  /** The wait after a clean-up's first failure; it doubles up to four hours. */
  CLEANUP_RETRY_WAIT: durationMs('1m'),
  /** Tries in a row without a deletion before a clean-up fails. */
  CLEANUP_MAX_TRIES: z.coerce.number({ error: 'expected a whole number' }).int().min(1).max(1_000).default(20),
  /** How long a killed instance keeps others from its job. */
  CLEANUP_LEASE_TTL: durationMs('60s'),
  /** Searches under way at once, of all callers and of one. */
  SEARCH_CONCURRENCY: concurrency(4),
  SEARCH_CONCURRENCY_PER_CALLER: concurrency(2),
  PLC_HOST: httpUrl.default('https://plc.directory'),
  CORS_ORIGINS: origins,
  /** Proxies that are believed about the caller: networks, or `true` for all. */
  TRUST_PROXY: list,
  LIST_REPOS_HOSTS: hosts,
  LIST_REPOS_INTERVAL: durationMs('24h'),
  MAGIC_HEADER_VAL: z.string().optional(),
  /** Whose servers get MAGIC_HEADER_VAL: hosts and what is below them. */
  MAGIC_HEADER_HOSTS: list.transform((all) => (all.length === 0 ? ['bsky.social', 'bsky.network'] : all)),
  EXPORT_MAX_BYTES: bytes(1_000_000_000),
  /** How long an account's server may send nothing of its repository. */
  EXPORT_IDLE_TIMEOUT: durationMs('20s'),
  /** Bytes a second that it must send, over any stretch of EXPORT_IDLE_TIMEOUT. */
  EXPORT_MIN_RATE: z.coerce.number({ error: 'expected bytes a second' }).int().min(1).max(100_000_000).default(10_000),
  /** Where repositories are kept while they are read; default: a folder of the system's temporary one. */
  SPOOL_DIRECTORY: z.string().optional(),
  ALLOW_PRIVATE_ADDRESSES: z.stringbool({ error: "expected 'true' or 'false'" }).default(false),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
  ...drainEnvironment.shape,
  ...telemetryEnvironment.shape,
});

export type SearchEnvironment = z.output<typeof searchEnvironment>;

function isOrigin(text: string): boolean {
  return URL.canParse(text) && new URL(text).origin === text;
}

function isHttpUrl(text: string): boolean {
  return /^https?:\/\/[^/]/.test(text) && URL.canParse(text);
}
