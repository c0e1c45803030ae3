import type { CleanupJobView } from '@updraft/console-api/views';
import { useState } from 'preact/hooks';
import { RequestError } from '../../data/request.ts';
import { useApi } from '../../data/session.tsx';
import { type Live, usePolling } from '../../data/use-polling.ts';
import { isEnded } from './job-words.ts';

const WATCHED_EVERY_MS = 3_000;
const IDLE_EVERY_MS = 30_000;

/** The account's jobs, the latest first; one that lives is looked at often. */
export function useCleanupJobs(did: string): Live<readonly CleanupJobView[]> {
  const { getJson } = useApi();
  const [isLive, setLive] = useState(false);
  return usePolling(
    `jobs of ${did}`,
    async (signal) => {
      const jobs = await ownJobs(getJson, signal);
      setLive(jobs.some((job) => !isEnded(job)));
      return jobs;
    },
    isLive ? WATCHED_EVERY_MS : IDLE_EVERY_MS,
  );
}

type GetJson = ReturnType<typeof useApi>['getJson'];

async function ownJobs(getJson: GetJson, signal: AbortSignal): Promise<readonly CleanupJobView[]> {
  try {
    const jobs = await getJson<readonly CleanupJobView[]>('/repo/cleanup', signal);
    return jobs.toSorted((a, b) => ((a.created_at ?? '') < (b.created_at ?? '') ? 1 : -1));
  } catch (error) {
    if (error instanceof RequestError && error.status === 404) return [];
    throw error;
  }
}
