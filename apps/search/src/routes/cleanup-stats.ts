import type { HttpServer } from '@updraft/service';
import { z } from 'zod';
import type { SearchContext } from '../context.ts';
import { requireCleanups } from './require-cleanups.ts';

const schema = {
  summary: 'What all clean-ups did together',
  response: { 200: z.object({ total_num_deleted: z.int(), num_jobs: z.int(), num_repos: z.int() }) },
};

/** GET /repo/cleanup/stats: what all clean-ups did together. */
export function cleanupStats(app: HttpServer, { cleanups }: SearchContext): void {
  app.get('/repo/cleanup/stats', { schema }, async () => {
    const { numDeleted, numJobs, numRepos } = await requireCleanups(cleanups).store.totals();
    return { total_num_deleted: numDeleted, num_jobs: numJobs, num_repos: numRepos };
  });
}
