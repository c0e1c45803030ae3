import type { HttpServer } from '@updraft/service';
import type { SearchContext } from '../context.ts';
import { requireCleanups } from './require-cleanups.ts';

/** GET /repo/cleanup/stats: what all clean-ups did together. */
export function cleanupStats(app: HttpServer, { cleanups }: SearchContext): void {
  app.get('/repo/cleanup/stats', async () => {
    const { numDeleted, numJobs, numRepos } = await requireCleanups(cleanups).store.totals();
    return { total_num_deleted: numDeleted, num_jobs: numJobs, num_repos: numRepos };
  });
}
