import { callerKey, type HttpServer } from '@updraft/service';
import { z } from 'zod';
import { CLEANUP_TYPES } from '../cleanup/deletions.ts';
import type { CleanupStart } from '../cleanup/start-cleanup.ts';
import type { SearchContext } from '../context.ts';
import { callerSignal } from './caller-signal.ts';
import { requireCleanups } from './require-cleanups.ts';
import { toAnswer } from './upstream.ts';

const body = z.object(
  {
    identifier: z.string({ error: 'expected a handle or a DID' }).trim().min(1).max(2_048),
    app_password: z.string({ error: 'expected an app password' }).min(1).max(256),
    cleanup_types: z.array(z.enum(CLEANUP_TYPES, { error: `expected some of ${CLEANUP_TYPES.join(', ')}` })).min(1, {
      error: `expected some of ${CLEANUP_TYPES.join(', ')}`,
    }),
    delete_until_days_ago: z.number({ error: 'expected a whole number of days' }).int().min(0).max(36_500),
    actually_delete_stuff: z.boolean({ error: 'expected true or false' }).default(false),
  },
  { error: 'expected a JSON object' },
);
/** A large repository takes its time to be read. */
const HANDLER_TIMEOUT_MS = 900_000;

/** POST /repo/cleanup: what a clean-up would delete, or the job that deletes it. */
export function startCleanupRoute(app: HttpServer, { cleanups }: SearchContext): void {
  app.post('/repo/cleanup', { schema: { body }, handlerTimeout: HANDLER_TIMEOUT_MS }, async (request, reply) => {
    reply.header('cache-control', 'no-store');
    const { identifier, app_password, cleanup_types, delete_until_days_ago, actually_delete_stuff } = request.body;
    try {
      const started = await requireCleanups(cleanups).start(
        {
          identifier,
          appPassword: app_password,
          types: [...new Set(cleanup_types)],
          daysAgo: delete_until_days_ago,
          isReal: actually_delete_stuff,
          caller: callerKey(request.ip),
        },
        callerSignal(reply, HANDLER_TIMEOUT_MS),
      );
      return startView(started);
    } catch (error) {
      throw toAnswer(error);
    }
  });
}

function startView({ job, did, plan }: CleanupStart): Record<string, unknown> {
  const counts = {
    num_enqueued: plan.total,
    dry_run: job === undefined,
    repo: did,
    num_by_type: Object.fromEntries(CLEANUP_TYPES.map((type) => [type, plan.byType[type] ?? 0])),
    sample: plan.first
      .slice(0, 10)
      .map(({ type, collection, rkey }) => ({ type, uri: `at://${did}/${collection}/${rkey}` })),
  };
  if (job === undefined) return { ...counts, message: 'this was a dry run: nothing is deleted' };
  const { jobId, secret, isOlder } = job;
  const kept = 'keep job_secret: it is shown only now, and needed to see or cancel the job';
  if (!isOlder)
    return { ...counts, message: `${plan.total} records will be deleted; ${kept}`, job_id: jobId, job_secret: secret };
  const { num_by_type: _, sample: __, ...rest } = counts;
  return { ...rest, message: `this account has a job already, here it is; ${kept}`, job_id: jobId, job_secret: secret };
}
