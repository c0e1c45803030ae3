import { backoff, inTrace, type Logger, sleep } from '@updraft/service';
import type { Lease, Leases, StoredCleanupJob } from '@updraft/store';
import { isEnded } from './job.ts';
import { fenceOf, type JobDeps } from './job-run.ts';
import { runJob } from './run-job.ts';
import { toJob } from './stored-job.ts';

export interface CleanupWorkerOptions extends JobDeps {
  readonly leases: Leases;
  readonly log: Logger;
  readonly pollMs: number;
  /** Jobs worked on at once by this process. */
  readonly maxConcurrent: number;
  readonly onRun?: ((state: string) => void) | undefined;
}

export interface CleanupWorker {
  /** Works until the signal aborts; resolves when what is in hand is put down. */
  run(signal: AbortSignal): Promise<void>;
  /** Looks for work now. */
  poke(): void;
}

/** Finds jobs whose time has come and runs them, one an account over all instances: each run holds the account's lease. */
export function createCleanupWorker(options: CleanupWorkerOptions): CleanupWorker {
  const { store, now, log, pollMs, maxConcurrent } = options;
  const running = new Map<string, Promise<void>>();
  let nap = new AbortController();

  async function startDue(signal: AbortSignal): Promise<void> {
    for (const job of await store.due(now(), DUE_LIMIT)) {
      if (running.size >= maxConcurrent || signal.aborted) return;
      if (running.has(job.repo)) continue;
      const lease = await options.leases.acquire(`cleanup:${job.repo}`, fenceOf(job));
      if (lease === undefined) continue;
      running.set(job.repo, take(job.jobId, job.repo, lease, signal));
    }
  }

  async function take(jobId: string, repo: string, lease: Lease, signal: AbortSignal): Promise<void> {
    try {
      const job = await store.get(jobId); // what it was before the lease may be out of date
      if (job !== undefined && isDue(job, now())) await runAndReport(options, job, lease, signal);
    } catch (error) {
      if (!signal.aborted) log.error({ err: error, jobId }, 'a clean-up was interrupted');
    } finally {
      running.delete(repo);
      await lease.release();
    }
  }

  return {
    run: async (signal) => {
      const pause = backoff({ minMs: pollMs, maxMs: 60_000 });
      while (!signal.aborted) {
        nap = new AbortController();
        const waitMs = await startDue(signal).then(
          () => (pause.reset(), pollMs),
          (error: unknown) => (log.warn({ err: error }, 'clean-ups can not be looked for'), pause.next()),
        );
        await sleep(waitMs, AbortSignal.any([signal, nap.signal])).catch(() => undefined);
      }
      await Promise.allSettled(running.values());
    },
    poke: () => nap.abort(),
  };
}

const DUE_LIMIT = 100;

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
  options.onRun?.(jobState);
  options.log.info(
    { jobId, jobState, stateReason, numDeleted, estNumRemaining, numSetAside: setAside.length },
    'clean-up run',
  );
}
