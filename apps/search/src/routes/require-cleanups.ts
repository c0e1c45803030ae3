import type { SignedIn } from '@updraft/console-api';
import { NotEnoughResourcesError, NotFoundError } from '@updraft/service';
import type { StoredCleanupJob } from '@updraft/store';
import type { FastifyRequest } from 'fastify';
import { bearsSecret } from '../cleanup/job-secret.ts';
import type { Cleanups, SearchContext } from '../context.ts';

/** In the schema of a route that is for a job's owner. */
export const needsOwner = { security: [{ jobSecret: [] }, { session: [] }] };

/** @throws NotEnoughResourcesError when clean-ups are off */
export function requireCleanups(cleanups: Cleanups | undefined): Cleanups {
  if (cleanups !== undefined) return cleanups;
  throw new NotEnoughResourcesError('clean-ups are off: the operator has to set CLEANUP_TOKEN_KEY');
}

/** The job, if the request has its secret or a session of its account. @throws NotFoundError otherwise, as if there were no such job */
export async function requireJob(
  { store }: Cleanups,
  signIn: SearchContext['signIn'],
  request: FastifyRequest,
  jobId: string,
): Promise<StoredCleanupJob> {
  const session = await signIn?.who(request);
  const job = await store.get(jobId);
  if (job === undefined || !isOwners(job, session, request)) throw noSuchJob();
  return job;
}

/** Whether a job is of who asks: by its secret, or by a session of its account. */
export function isOwners(
  { repo, secretHash }: Pick<StoredCleanupJob, 'repo' | 'secretHash'>,
  session: SignedIn | undefined,
  { headers }: FastifyRequest,
): boolean {
  return session?.did === repo || bearsSecret(headers.authorization, secretHash);
}

export function noSuchJob(): NotFoundError {
  return new NotFoundError('there is no such job, or this is not its secret');
}
