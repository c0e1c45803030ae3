import { type HttpServer, XrpcError } from '@updraft/service';
import { z } from 'zod';
import { isEnded } from '../cleanup/job.ts';
import { toJob } from '../cleanup/stored-job.ts';
import type { SearchContext } from '../context.ts';
import { onceOf } from './query-fields.ts';
import { requireCleanups, requireJob } from './require-cleanups.ts';

const querystring = z.object({ job_id: onceOf('job_id') });

/** DELETE /repo/cleanup?job_id=: nothing more is deleted once this is answered, but the batch that is on its way. */
export function cancelCleanup(app: HttpServer, { cleanups }: SearchContext): void {
  app.delete('/repo/cleanup', { schema: { querystring } }, async (request) => {
    const known = requireCleanups(cleanups);
    const job = await requireJob(known, request, request.query.job_id);
    if (isEnded(toJob(job)) && job.jobState !== 'cancelled') {
      throw new XrpcError(400, 'InvalidRequest', `the job has ended already: ${job.jobState}`);
    }
    if (!job.isCancelRequested) await known.store.requestCancel(job.jobId, Date.now() * 1000);
    known.poke();
    return { message: 'job cancelled' };
  });
}
