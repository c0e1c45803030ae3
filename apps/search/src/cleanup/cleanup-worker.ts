import { backoff, inTrace, type Logger, pause } from '@updraft/service';
import type { Lease, Leases, StoredCleanupJob } from '@updraft/store';
import { isEnded } from './job.ts';
import { fenceOf, type JobDeps } from './job-run.ts';
import { runJob } from './run-job.ts';
import { toJob } from './stored-job.ts';

export interface CleanupWorkerOptions extends JobDeps {
  readonly leases: Leases;
  readonly log: Logger;
  readonly pollMs: number;
  readonly onRun: (state: string) => void;
}

export interface CleanupWorker {
  /** Works until the signal aborts; resolves once no job is running. */
  run(signal: AbortSignal): Promise<void>;
  /** Looks for jobs at once. */
  lookNow(): void;
}

/** Finds the jobs that are due and runs them, each under its account's lease: one at a time over all instances. */
export function createCleanupWorker(options: CleanupWorkerOptions): CleanupWorker {
  const { log, pollMs } = options;
  const running = new Map<string, Promise<void>>();
  let waiting = new AbortController();
  return {
    run: async (signal) => {
      const retry = backoff({ minMs: pollMs, maxMs: 60_000 });
      while (!signal.aborted) {
        waiting = new AbortController();
        const waitMs = await startDue(options, running, signal).then(
          () => (retry.reset(), pollMs),
          (error: unknown) => (log.warn({ err: error }, 'the clean-ups that are due could not be read'), retry.next()),
        );
        await pause(waitMs, AbortSignal.any([signal, waiting.signal]));
      }
      await Promise.allSettled(running.values());
    },
    lookNow: () => waiting.abort(),
  };
}

/** `running`: the runs of this process by their accounts. */
async function startDue(
  options: CleanupWorkerOptions,
  running: Map<string, Promise<void>>,
  signal: AbortSignal,
): Promise<void> {
  const { store, leases, now } = options;
  for (const job of await store.due(now(), DUE_LIMIT)) {
    if (running.size >= MAX_RUNNING || signal.aborted) return;
    if (running.has(job.repo)) continue;
    const lease = await leases.acquire(`cleanup:${job.repo}`, fenceOf(job));
    if (lease === undefined) continue;
    const run = runUnderLease(options, job.jobId, lease, signal);
    running.set(
      job.repo,
      run.finally(() => running.delete(job.repo)),
    );
  }
}

/** Never rejects. */
async function runUnderLease(
  options: CleanupWorkerOptions,
  jobId: string,
  lease: Lease,
  signal: AbortSignal,
): Promise<void> {
  const { store, now, log } = options;
  try {
    const job = await store.get(jobId); // another instance may have changed it before we held the lease
    if (job !== undefined && isDue(job, now())) await runAndReport(options, job, lease, signal);
  } catch (error) {
    if (!signal.aborted) log.error({ err: error, jobId }, 'a clean-up was interrupted');
  } finally {
    await lease.release();
  }
}

const DUE_LIMIT = 100;
/** Jobs that this process runs at once. */
const MAX_RUNNING = 2;

function isDue(job: StoredCleanupJob, nowMs: number): boolean {
  return !isEnded(toJob(job)) && (job.nextRunAt <= nowMs || job.isCancelRequested);
}

async function runAndReport(
  options: CleanupWorkerOptions,
  job: StoredCleanupJob,
  lease: Lease,
  signal: AbortSignal,
): Promise<void> {
  const after = await inTrace('clean-up', {}, () => runJob(options, job, lease, signal));
  const { jobId, jobState, stateReason, numDeleted, estNumRemaining, setAside } = after;
  options.onRun(jobState);
  options.log.info(
    { jobId, jobState, stateReason, numDeleted, estNumRemaining, numSetAside: setAside.length },
    'clean-up run',
  );
}
