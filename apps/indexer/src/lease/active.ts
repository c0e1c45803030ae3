/*
 * lease: one indexer reads the stream, others stand by.
 * In: a lease in Redis. Out: the right to save the cursor.
 * Keeps: an earlier indexer that wakes up after a pause can't move the cursor; its rows do no harm.
 */

import { type Logger, SetupError, sleep } from '@updraft/service';
import {
  type CursorStore,
  createLeases,
  type Lease,
  LeaseLostError,
  type Leases,
  type Redis,
  StoreError,
} from '@updraft/store';
import type { IndexerConfig } from '../config.ts';
import type { IndexerStatus } from '../watch/status.ts';
import { isProcessAlive, readLeaseOwner } from './lease-owner.ts';

export interface ActiveDeps {
  readonly config: Pick<IndexerConfig, 'redis' | 'leaseTtlMs'>;
  readonly redis: Redis;
  readonly cursor: Pick<CursorStore, 'version' | 'takeOver'>;
  readonly status: Pick<IndexerStatus, 'active'>;
  readonly log: Logger;
  /** Another indexer is active, and this one waits. Called once. */
  onStandby(): void;
}

/** The right to be the one indexer that reads the stream; given back when disposed. */
export interface ActiveLease extends AsyncDisposable {
  /** Rejects with a SetupError as soon as another indexer has it; never resolves. */
  readonly lost: Promise<never>;
}

/** How often a standby looks whether the lease is free. */
const LOOK_EVERY_MS = 1_000;

/** The key of the lease, in Redis: indexers with the same REDIS_PREFIX are one active and its standbys. */
export function activeLeaseKey(prefix: string): string {
  return `${prefix}:indexer:lease`;
}

/**
 * Waits until this is the one indexer that reads the stream, and the cursor is saved in its name. A standby has its stores open, so that
 * it starts as soon as the lease is free. Rejects with the signal's reason.
 */
export async function becomeActive(deps: ActiveDeps, signal: AbortSignal): Promise<ActiveLease> {
  const leases = await openLeases(deps);
  let isStandby = false;
  for (;;) {
    const answer = await tryToBecome(leases, deps);
    if (answer instanceof Object) {
      deps.log.info({ fence: answer.fence }, 'this indexer is the active one');
      return hold(answer);
    }
    if (answer === 'held' && !isStandby) {
      isStandby = true;
      deps.onStandby();
    }
    deps.status.active();
    await sleep(LOOK_EVERY_MS * (0.5 + Math.random()), signal);
  }
}

async function openLeases({ redis, config }: ActiveDeps): Promise<Leases> {
  return createLeases({
    redis,
    prefix: '',
    // Redis away must not stop the index. Two indexers write the same rows; the fence keeps the earlier one from the cursor.
    whenUnreachable: 'keep',
    fences: 'clock',
    owner: await readLeaseOwner(process.pid),
    ttlMs: config.leaseTtlMs,
    isAlive: isProcessAlive,
  });
}

async function tryToBecome(leases: Leases, { config, cursor, log }: ActiveDeps): Promise<Lease | 'held' | 'unknown'> {
  let lease: Lease | undefined;
  try {
    lease = await leases.acquire(activeLeaseKey(config.redis.prefix), await cursor.version());
    if (lease === undefined) return 'held';
    await cursor.takeOver(lease.fence);
    return lease;
  } catch (error) {
    await lease?.release();
    if (error instanceof LeaseLostError) return 'held';
    if (!(error instanceof StoreError && error.shouldRetry())) throw error;
    log.warn({ err: error }, 'the lease of the active indexer can’t be asked for; trying again');
    return 'unknown';
  }
}

function hold(lease: Lease): ActiveLease {
  const { promise: lost, reject } = Promise.withResolvers<never>();
  lost.catch(() => {}); // the run that waits for it reports it; until then it would count as unhandled
  lease.signal.addEventListener('abort', () => {
    reject(new SetupError('another indexer has become the active one. This one ends; started again, it stands by'));
  });
  return { lost, [Symbol.asyncDispose]: () => lease.release() };
}
