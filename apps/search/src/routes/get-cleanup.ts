import { readAccountName } from '@updraft/atproto';
import { cleanupJob } from '@updraft/console-api/views';
import { type HttpServer, InvalidRequestError, NotFoundError, optionalOnce } from '@updraft/service';
import { z } from 'zod';
import { jobView } from '../cleanup/job-view.ts';
import type { SearchContext } from '../context.ts';
import { isOwners, needsOwner, noSuchJob, requireCleanups, requireJob } from './require-cleanups.ts';

const schema = {
  ...needsOwner,
  summary: 'A job, or the jobs of an account (an array), by default of the one that is signed in',
  querystring: z.object({ job_id: optionalOnce, did: optionalOnce }),
  response: { 200: z.union([cleanupJob, z.array(cleanupJob)]) },
};

/** GET /repo/cleanup?job_id= or ?did=, for the bearer of a job's secret, and for a session of its account. */
export function getCleanup(app: HttpServer, { cleanups, signIn }: SearchContext): void {
  app.get('/repo/cleanup', { schema, config: { errors: [NotFoundError] } }, async (request, reply) => {
    const { job_id: jobId, did: account = '' } = request.query;
    const known = requireCleanups(cleanups);
    reply.header('cache-control', 'no-store');
    if (jobId !== undefined) return jobView(await requireJob(known, signIn, request, jobId), known.policy);
    const session = await signIn?.who(request);
    const did = account === '' ? session?.did : readAccountName(account)?.did;
    if (did === undefined) throw new InvalidRequestError('expected job_id or did');
    const jobs = await known.store.ofRepo(did);
    const own = jobs.filter((job) => isOwners(job, session, request));
    if (own.length === 0 && session?.did !== did) throw noSuchJob();
    return own.map((job) => jobView(job, known.policy));
  });
}
