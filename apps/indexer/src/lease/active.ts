/*
 * lease: one indexer reads the stream, others stand by.
 * In: a lease in Redis. Out: the right to save the cursor.
 * Keeps: an elder indexer that wakes up can't move the cursor; its rows do no harm.
 */

import { type Logger, SetupError, sleep } from '@updraft/service';
import { type CursorStore, type Lease, LeaseLostError, type Leases, StoreError } from '@updraft/store';
import type { IndexerStatus } from '../watch/status.ts';

export interface ActiveDeps {
  readonly leases: Leases;
  readonly cursor: Pick<CursorStore, 'version' | 'takeOver'>;
  readonly status: Pick<IndexerStatus, 'active'>;
  readonly log: Logger;
  /** Another indexer is at work: this one waits. Called once. */
  onStandby(): void;
}

/** The right to be the one indexer that reads the stream; given back when disposed. */
export interface ActiveLease extends AsyncDisposable {
  /** Rejects with a SetupError as soon as another indexer has it; never resolves. */
  readonly lost: Promise<never>;
}

/** The name of the lease of the one indexer that reads the stream. */
export const ACTIVE_LEASE = 'lease';
/** How often a standby looks whether the lease is free. */
const LOOK_EVERY_MS = 1_000;

/**
 * Waits until this is the one indexer that reads the stream, and the cursor is saved in its name. A standby has its stores open, so that
 * it is at work as soon as the lease is free. Rejects with the signal's reason.
 */
export async function becomeActive(deps: ActiveDeps, signal: AbortSignal): Promise<ActiveLease> {
  let isStandby = false;
  for (;;) {
    const answer = await tryToBecome(deps);
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

async function tryToBecome({ leases, cursor, log }: ActiveDeps): Promise<Lease | 'held' | 'unknown'> {
  let lease: Lease | undefined;
  try {
    lease = await leases.acquire(ACTIVE_LEASE, await cursor.version());
    if (lease === undefined) return 'held';
    await cursor.takeOver(lease.fence);
    return lease;
  } catch (error) {
    await lease?.release();
    if (error instanceof LeaseLostError) return 'held';
    if (!(error instanceof StoreError && error.shouldRetry())) throw error;
    log.warn({ err: error }, 'who the active indexer is can not be asked just now');
    return 'unknown';
  }
}

function hold(lease: Lease): ActiveLease {
  const { promise: lost, reject } = Promise.withResolvers<never>();
  lost.catch(() => {}); // whoever waits for it hears of it
  lease.signal.addEventListener('abort', () => {
    reject(
      new SetupError(
        'another indexer has become the active one; this one ends, and is its standby when it is started again',
      ),
    );
  });
  return { lost, [Symbol.asyncDispose]: () => lease.release() };
}
