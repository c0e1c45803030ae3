import { readAccountName } from '@updraft/atproto';
import { type HttpServer, InvalidRequestError, NotFoundError, optionalOnce } from '@updraft/service';
import { z } from 'zod';
import { bearsSecret } from '../cleanup/job-secret.ts';
import { cleanupJob, jobView } from '../cleanup/job-view.ts';
import type { SearchContext } from '../context.ts';
import { needsSecret, noSuchJob, requireCleanups, requireJob } from './require-cleanups.ts';

const schema = {
  ...needsSecret,
  summary: 'A job, or the jobs of an account (an array)',
  querystring: z.object({ job_id: optionalOnce, did: optionalOnce }),
  response: { 200: z.union([cleanupJob, z.array(cleanupJob)]) },
};

/** GET /repo/cleanup?job_id= or ?did=, for the bearer of a job's secret. */
export function getCleanup(app: HttpServer, { cleanups }: SearchContext): void {
  app.get('/repo/cleanup', { schema, config: { errors: [NotFoundError] } }, async (request, reply) => {
    const { job_id: jobId, did: account = '' } = request.query;
    const known = requireCleanups(cleanups);
    reply.header('cache-control', 'no-store');
    if (jobId !== undefined) return jobView(await requireJob(known, request, jobId));
    const did = readAccountName(account)?.did;
    if (did === undefined) throw new InvalidRequestError('expected job_id or did');
    const jobs = await known.store.ofRepo(did);
    const own = jobs.filter(({ secretHash }) => bearsSecret(request.headers.authorization, secretHash));
    if (own.length === 0) throw noSuchJob();
    return own.map(jobView);
  });
}
