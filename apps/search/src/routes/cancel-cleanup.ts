import { ForbiddenError, type HttpServer, InvalidRequestError, NotFoundError, onceOf } from '@updraft/service';
import { z } from 'zod';
import { isEnded } from '../cleanup/job.ts';
import { toJob } from '../cleanup/stored-job.ts';
import type { SearchContext } from '../context.ts';
import { needsOwner, requireCleanups, requireJob } from './require-cleanups.ts';

const schema = {
  ...needsOwner,
  summary: 'Cancels a job',
  querystring: z.object({ job_id: onceOf('job_id') }),
  response: { 200: z.object({ message: z.string() }) },
};

/** DELETE /repo/cleanup?job_id=: after the answer nothing more is deleted, except for the batch under way. */
export function cancelCleanup(app: HttpServer, { cleanups, signIn }: SearchContext): void {
  app.delete('/repo/cleanup', { schema, config: { errors: [ForbiddenError, NotFoundError] } }, async (request) => {
    const known = requireCleanups(cleanups);
    const job = await requireJob(known, signIn, request, request.query.job_id);
    if (isEnded(toJob(job)) && job.jobState !== 'cancelled') {
      throw new InvalidRequestError(`the job has already ended: ${job.jobState}`);
    }
    if (!job.isCancelRequested) await known.store.requestCancel(job.jobId, Date.now() * 1000);
    known.lookNow();
    return { message: 'job cancelled' };
  });
}
