import { XrpcError } from '@updraft/service';
import type { StoredCleanupJob } from '@updraft/store';
import type { FastifyRequest } from 'fastify';
import { bearsSecret } from '../cleanup/job-secret.ts';
import type { Cleanups } from '../context.ts';

/** @throws XrpcError 503 where clean-ups are off */
export function requireCleanups(cleanups: Cleanups | undefined): Cleanups {
  if (cleanups !== undefined) return cleanups;
  throw new XrpcError(503, 'NotEnoughResources', 'clean-ups are off: the operator has to set CLEANUP_TOKEN_KEY');
}

/** The job, for the bearer of its secret. @throws XrpcError 404 for everybody else, as if there were none */
export async function requireJob(
  { store }: Cleanups,
  request: FastifyRequest,
  jobId: string,
): Promise<StoredCleanupJob> {
  const job = await store.get(jobId);
  if (job === undefined || !bearsSecret(request.headers.authorization, job.secretHash)) throw noSuchJob();
  return job;
}

export function noSuchJob(): XrpcError {
  return new XrpcError(404, 'NotFound', 'there is no such job, or this is not its secret');
}
