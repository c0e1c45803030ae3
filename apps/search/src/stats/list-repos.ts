import { isDid } from '@updraft/atproto';
import { PdsError } from '@updraft/repository';
import { backoff, type Logger, pause, sleep } from '@updraft/service';
import {
  type ClickHouse,
  type Leases,
  type ListedAccount,
  type ProgressStore,
  writeListedAccounts,
} from '@updraft/store';
import { z } from 'zod';
import type { SearchMetrics } from '../metrics.ts';
import type { PdsClient } from '../pds/pds-client.ts';

export interface ListReposOptions {
  readonly clickhouse: ClickHouse;
  readonly client: PdsClient;
  readonly progress: ProgressStore;
  readonly leases: Leases;
  readonly log: Logger;
  /** Hosts or origins. */
  readonly hosts: readonly string[];
  /** From the beginning of one pass over a host to the beginning of the next. */
  readonly intervalMs: number;
  readonly metrics: Pick<SearchMetrics, 'listedAccounts'>;
}

/**
 * Lists the accounts of hosts (com.atproto.sync.listRepos) for the count of users: one page of 1,000 at a time, hosts one
 * after the other, each by one instance. A page is written before its cursor, so a stop loses nothing. A host that fails
 * waits for the next round.
 */
export async function keepListing(options: ListReposOptions, signal: AbortSignal): Promise<void> {
  if (options.hosts.length === 0) return;
  const retry = backoff({ minMs: 5_000, maxMs: 600_000 });
  while (!signal.aborted) {
    let failed = 0;
    for (const host of options.hosts) {
      failed += await listHost(options, host, signal).then(
        () => 0,
        (error: unknown) => {
          if (!signal.aborted) options.log.warn({ err: error, host }, 'the accounts of a host could not be listed');
          return 1;
        },
      );
    }
    if (failed === 0) retry.reset();
    await pause(failed === 0 ? ROUND_MS : retry.next(), signal);
  }
}

const ROUND_MS = 60_000;
const PAGE_SIZE = 1_000;
const PAGE_PAUSE_MS = 1_000;
/** Ends the pass over a host that never stops giving new cursors. */
const MAX_PAGES = 100_000;

const progressShape = z.object({ startedAtMs: z.number(), cursor: z.string().optional(), pages: z.number() });
type Progress = z.output<typeof progressShape>;

/** Continues where the last pass over the host stopped, or begins a new one when it is due. */
async function listHost(options: ListReposOptions, host: string, signal: AbortSignal): Promise<void> {
  const { progress, leases, intervalMs } = options;
  const name = `list_repos:${host}`;
  const lease = await leases.acquire(name);
  if (lease === undefined) return;
  try {
    const stop = AbortSignal.any([signal, lease.signal]);
    let at = nextPage(progressShape.safeParse(await progress.load(name)).data, intervalMs);
    while (at !== undefined) {
      const cursor = await listPage(options, host, at.cursor, stop);
      const isLast = cursor === undefined || cursor === at.cursor || at.pages + 1 >= MAX_PAGES;
      at = { startedAtMs: at.startedAtMs, pages: at.pages + 1, ...(isLast ? {} : { cursor }) };
      await progress.save(name, at, Date.now() * 1000);
      if (isLast) return;
      await sleep(PAGE_PAUSE_MS, stop);
    }
  } finally {
    await lease.release();
  }
}

/** A pass that ended has no cursor; the next one begins when the interval has passed. */
function nextPage(last: Progress | undefined, intervalMs: number): Progress | undefined {
  if (last?.cursor !== undefined) return last;
  if (last !== undefined && Date.now() - last.startedAtMs < intervalMs) return undefined;
  return { startedAtMs: Date.now(), pages: 0 };
}

const pageShape = z.object({
  cursor: z.string().min(1).max(1_000).optional(),
  repos: z.array(z.unknown()).max(PAGE_SIZE * 2),
});
const accountShape = z.object({
  did: z.string().refine((did) => isDid(did)),
  active: z.boolean().optional().catch(undefined),
});

/**
 * The accounts of a page. An entry that makes no sense is left out: the others, and all later pages, must still be
 * read. @throws PdsError when this is not a page
 */
export function readAccountsPage(body: unknown): { accounts: ListedAccount[]; cursor: string | undefined } {
  const page = pageShape.safeParse(body);
  if (!page.success) throw new PdsError('unavailable', "the host's answer is not a list of accounts");
  const accounts = page.data.repos.flatMap((entry) => {
    const { data } = accountShape.safeParse(entry);
    return data === undefined ? [] : [{ did: data.did, active: data.active !== false }];
  });
  return { accounts, cursor: page.data.cursor };
}

async function listPage(
  options: ListReposOptions,
  host: string,
  cursor: string | undefined,
  signal: AbortSignal,
): Promise<string | undefined> {
  const query = { limit: String(PAGE_SIZE), ...(cursor === undefined ? {} : { cursor }) };
  const pds = host.includes('://') ? host : `https://${host}`;
  const { body } = await options.client.call({ pds, method: 'com.atproto.sync.listRepos', query, signal });
  const { accounts, cursor: next } = readAccountsPage(body);
  if (accounts.length > 0) await writeListedAccounts(options.clickhouse, accounts, Date.now() * 1000);
  options.metrics.listedAccounts.inc({ host }, accounts.length);
  return next;
}
