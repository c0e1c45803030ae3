import type { CleanupJobView } from '@updraft/console-api/views';

const ENDED = new Set(['completed', 'cancelled', 'failed']);

export function isEnded({ job_state: state }: Pick<CleanupJobView, 'job_state'>): boolean {
  return ENDED.has(state);
}

/** The share that is deleted, from 0 to 1; undefined where nothing is known yet. */
export function shareDone({
  num_deleted: deleted,
  est_num_remaining: left,
}: Pick<CleanupJobView, 'num_deleted' | 'est_num_remaining'>): number | undefined {
  const all = deleted + left;
  return all === 0 ? undefined : deleted / all;
}

type Told = Pick<CleanupJobView, 'job_state' | 'state_reason' | 'num_failures'>;

/** What the job does now, as a heading. */
export function headingOf({ job_state: state, num_failures: failures }: Told): string {
  switch (state) {
    case 'queued':
      return 'Your clean-up is about to begin';
    case 'running':
      return 'Your clean-up is deleting';
    case 'waiting':
      return failures > 0 ? 'Your clean-up has trouble, and tries again' : 'Your clean-up pauses';
    case 'completed':
      return 'Your clean-up is done';
    case 'cancelled':
      return 'Your clean-up was cancelled';
    default:
      return 'Your clean-up failed';
  }
}

interface Counted {
  readonly atMs: number;
  readonly deleted: number;
}

/** Deletions a minute between two answers; undefined where they are the same, or nothing was deleted. */
export function perMinute(from: Counted | undefined, to: Counted): number | undefined {
  if (from === undefined || to.atMs <= from.atMs || to.deleted <= from.deleted) return undefined;
  return Math.round((to.deleted - from.deleted) / ((to.atMs - from.atMs) / 60_000));
}
