import { NotEnoughResourcesError, NotFoundError } from '@updraft/service';
import type { StoredCleanupJob } from '@updraft/store';
import type { FastifyRequest } from 'fastify';
import { bearsSecret } from '../cleanup/job-secret.ts';
import type { Cleanups } from '../context.ts';

/** In the schema of a route that needs a job's secret. */
export const needsSecret = { security: [{ jobSecret: [] }] };

/** @throws NotEnoughResourcesError when clean-ups are off */
export function requireCleanups(cleanups: Cleanups | undefined): Cleanups {
  if (cleanups !== undefined) return cleanups;
  throw new NotEnoughResourcesError('clean-ups are off: the operator has to set CLEANUP_TOKEN_KEY');
}

/** The job, if the request has its secret. @throws NotFoundError otherwise, as if there were no such job */
export async function requireJob(
  { store }: Cleanups,
  request: FastifyRequest,
  jobId: string,
): Promise<StoredCleanupJob> {
  const job = await store.get(jobId);
  if (job === undefined || !bearsSecret(request.headers.authorization, job.secretHash)) throw noSuchJob();
  return job;
}

export function noSuchJob(): NotFoundError {
  return new NotFoundError('there is no such job, or this is not its secret');
}
