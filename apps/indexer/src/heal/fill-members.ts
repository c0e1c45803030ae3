import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { publishNews } from '@updraft/feeds';
import { type Backfill, createBackfill, explainBackfill, openAccountSource } from '@updraft/refill';
import { type Backoff, backoff, every, type Logger } from '@updraft/service';
import {
  type ClickHouse,
  createProgressStore,
  type ErasedAccounts,
  filledAccountName,
  type NewMember,
  type Redis,
  readNewMembers,
  type WritableBlock,
} from '@updraft/store';
import { folderName } from '../archive/folder-name.ts';
import type { IndexerConfig } from '../config.ts';
import type { IndexerMetrics } from '../watch/metrics.ts';

export interface FillDeps {
  readonly config: Pick<IndexerConfig, 'accounts' | 'redis'>;
  readonly clickhouse: ClickHouse;
  readonly redis: Redis;
  write(blocks: readonly WritableBlock[]): Promise<unknown>;
  readonly erased: Pick<ErasedAccounts, 'has' | 'refresh'>;
  ready(signal: AbortSignal): Promise<void>;
  readonly metrics: Pick<IndexerMetrics, 'filledAccounts'>;
  readonly log: Logger;
}

const LOOK_EVERY_MS = 3_000;
const DAY_MICROS = 86_400_000_000;
/** Who became a member longer ago was one before this was noticed, or could not be filled in all that time. */
const WAITING_MICROS = 7 * DAY_MICROS;
/** Members that are taken at one look. */
const MAX_MEMBERS = 100;
const MAX_LISTED = 20_000;
const TRY_AGAIN = { minMs: 10_000, maxMs: 3_600_000 };

/**
 * Looks for new bearers of a label every few seconds until the signal aborts, and brings in their repositories, one account at a time: an
 * index that began yesterday has none of their older posts. What was filled is kept in job_progress. Never rejects.
 */
export async function fillMembers(deps: FillDeps, signal: AbortSignal): Promise<void> {
  const { clickhouse, log } = deps;
  const waits = new Map<string, Wait>();
  let backfill: Backfill | undefined;
  const look = async (): Promise<void> => {
    const nowMicros = Date.now() * 1000;
    const sinceMicros = nowMicros - WAITING_MICROS;
    // Beside those that wait to be tried again, however many: else some that always fail would hold up all others.
    const limit = Math.min(MAX_MEMBERS + waits.size, MAX_LISTED);
    const query = { sinceMicros, filledSinceMicros: nowMicros - DAY_MICROS, limit };
    const members = await readNewMembers(clickhouse, query, { signal });
    for (const did of waits.keys()) if (!members.some((member) => member.did === did)) waits.delete(did);
    for (const member of members) {
      if ((waits.get(member.did)?.until ?? 0) > Date.now()) continue;
      backfill ??= await openBackfill(deps);
      await fillOne(deps, backfill, member, waits, signal);
    }
  };
  await every(LOOK_EVERY_MS, signal, look, (err) => log.warn({ err }, 'new members could not be filled; trying again'));
}

interface Wait {
  readonly backoff: Backoff;
  readonly until: number;
}

/** One indexer of a prefix is active at a time, so the folder is its own. */
async function openBackfill(deps: FillDeps): Promise<Backfill> {
  const { accounts, redis } = deps.config;
  const directory = join(tmpdir(), folderName('updraft-indexer', redis));
  const { plcHost, allowPrivateAddresses } = accounts;
  const source = await openAccountSource({ plcHost, allowPrivateAddresses, directory, clickhouse: deps.clickhouse });
  return createBackfill({ ...deps, ...source });
}

async function fillOne(
  deps: FillDeps,
  backfill: Backfill,
  { did, labels }: NewMember,
  waits: Map<string, Wait>,
  signal: AbortSignal,
): Promise<void> {
  const { clickhouse, redis, config, metrics, log } = deps;
  const keep = (progress: object): Promise<void> =>
    createProgressStore(clickhouse).save(filledAccountName(did), progress, Date.now() * 1000);
  const who = labels.length === 0 ? {} : { did, labels }; // logs don't name an account that may be a viewer
  try {
    const { rev, records, rejected } = await backfill.run(did, signal);
    await keep({ rev, records });
    metrics.filledAccounts.inc({ outcome: 'filled' });
    log.info({ ...who, rev, records, rejected }, "a new member's repository is in the index");
    await publishNews(redis, config.redis.prefix, { kind: 'filled', did, labels: [...labels] }).catch((err: unknown) =>
      log.warn({ err }, 'the feed generators could not be told; their next builds have the posts'),
    );
  } catch (error) {
    signal.throwIfAborted();
    const explained = explainBackfill(error);
    if (explained === undefined) throw error;
    metrics.filledAccounts.inc({ outcome: explained.isFinal ? 'refused' : 'failed' });
    const { reason, isFinal } = explained;
    if (isFinal) {
      await keep({ reason });
      log.warn({ ...who, reason }, 'a new member has no repository to bring in');
      return;
    }
    const delays = waits.get(did)?.backoff ?? backoff(TRY_AGAIN);
    const waitMs = delays.next();
    waits.set(did, { backoff: delays, until: Date.now() + waitMs });
    log.warn({ ...who, reason, againInMs: waitMs }, "a new member's repository could not be brought in");
  }
}
