import { callerKey, type HttpServer } from '@updraft/service';
import { z } from 'zod';
import { CLEANUP_TYPES } from '../cleanup/deletions.ts';
import { countsOf, keptView, numKept } from '../cleanup/job-view.ts';
import type { CleanupRequest, CleanupStart } from '../cleanup/start-cleanup.ts';
import type { SearchContext } from '../context.ts';
import { readUri } from '../redir/redir.ts';
import { callerSignal } from './caller-signal.ts';
import { requireCleanups } from './require-cleanups.ts';
import { UPSTREAM_ERRORS } from './upstream.ts';

/** An at-uri or a page of bsky.app. */
const recordUri = z
  .string({ error: 'expected a text' })
  .max(2_048)
  .transform((text, context) => {
    const uri = readUri(text);
    if (uri !== undefined && uri.rkey !== '') return uri;
    const message = 'expected the at-uri of a record, or the address of a post on bsky.app';
    context.issues.push({ code: 'custom', input: text, message });
    return z.NEVER;
  });

/** The most that a request may name. */
const MAX_KEEP_URIS = 1_000;
const SOME_TYPES = `expected some of ${CLEANUP_TYPES.join(', ')}`;

const body = z.object(
  {
    identifier: z.string({ error: 'expected a handle or a DID' }).trim().min(1).max(2_048),
    app_password: z.string({ error: 'expected an app password' }).min(1).max(256),
    cleanup_types: z
      .array(z.enum(CLEANUP_TYPES, { error: SOME_TYPES }), { error: `expected a list of ${CLEANUP_TYPES.join(', ')}` })
      .min(1, { error: SOME_TYPES }),
    delete_until_days_ago: z
      .number({ error: 'expected a whole number of days from 0 to 36500' })
      .int()
      .min(0)
      .max(36_500),
    keep_pinned: z.boolean({ error: 'expected true or false' }).default(true),
    keep_threads: z.boolean({ error: 'expected true or false' }).default(false),
    keep_min_likes: z
      .number({ error: 'expected a whole number of likes' })
      .int()
      .min(1)
      .max(1_000_000_000)
      .nullish()
      .transform((value) => value ?? undefined),
    keep_uris: z
      .array(recordUri, { error: 'expected a list of uris' })
      .max(MAX_KEEP_URIS, { error: `expected at most ${MAX_KEEP_URIS} uris` })
      .default([]),
    actually_delete_stuff: z.boolean({ error: 'expected true or false' }).default(false),
  },
  { error: 'expected a JSON object' },
);
const startedCleanup = z.object({
  num_enqueued: z.int(),
  dry_run: z.boolean(),
  message: z.string(),
  repo: z.string(),
  num_by_type: z.record(z.enum(CLEANUP_TYPES), z.int()).optional(),
  num_kept: numKept.optional(),
  sample: z.array(z.object({ type: z.enum(CLEANUP_TYPES), uri: z.string() })).optional(),
  job_id: z.string().optional(),
  job_secret: z.string().optional(),
});
const schema = {
  summary: 'What a clean-up would delete, or the job that deletes it',
  body,
  response: { 200: startedCleanup },
};
/** Mostly for the uris of records to keep. */
const MAX_BODY_BYTES = 256 * 1024;
/** Reading a large repository takes minutes. */
const HANDLER_TIMEOUT_MS = 900_000;

/** POST /repo/cleanup: what a clean-up would delete, or the job that deletes it. */
export function startCleanupRoute(app: HttpServer, { cleanups }: SearchContext): void {
  const options = {
    schema,
    config: { errors: UPSTREAM_ERRORS },
    handlerTimeout: HANDLER_TIMEOUT_MS,
    bodyLimit: MAX_BODY_BYTES,
  };
  app.post('/repo/cleanup', options, async (request, reply) => {
    reply.header('cache-control', 'no-store');
    const wanted = toRequest(request.body, callerKey(request.ip));
    return startView(await requireCleanups(cleanups).start(wanted, callerSignal(reply, HANDLER_TIMEOUT_MS)));
  });
}

function toRequest(input: z.output<typeof body>, caller: string): CleanupRequest {
  return {
    identifier: input.identifier,
    appPassword: input.app_password,
    types: [...new Set(input.cleanup_types)],
    daysAgo: input.delete_until_days_ago,
    keep: { pinned: input.keep_pinned, threads: input.keep_threads, minLikes: input.keep_min_likes },
    keepUris: input.keep_uris,
    isReal: input.actually_delete_stuff,
    caller,
  };
}

function startView({ job, did, plan }: CleanupStart): z.output<typeof startedCleanup> {
  const counts = {
    num_enqueued: plan.total,
    dry_run: job === undefined,
    repo: did,
    num_by_type: countsOf(CLEANUP_TYPES, plan.byType),
    num_kept: keptView(plan.kept),
    sample: plan.first
      .slice(0, 10)
      .map(({ type, collection, rkey }) => ({ type, uri: `at://${did}/${collection}/${rkey}` })),
  };
  if (job === undefined) return { ...counts, message: 'this was a dry run: nothing is deleted' };
  const { jobId, secret, isOlder } = job;
  const kept = 'keep job_secret: it is shown only now, and needed to see or cancel the job';
  if (!isOlder)
    return { ...counts, message: `${plan.total} records will be deleted; ${kept}`, job_id: jobId, job_secret: secret };
  const { num_by_type: _, sample: __, num_kept: ___, ...rest } = counts;
  return {
    ...rest,
    message: `this account has a job already, which is this one; ${kept}`,
    job_id: jobId,
    job_secret: secret,
  };
}
