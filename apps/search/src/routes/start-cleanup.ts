import { CLEANUP_TYPES, startedCleanup } from '@updraft/console-api/views';
import {
  AuthenticationRequiredError,
  answerPatiently,
  callerKey,
  ForbiddenError,
  type HttpServer,
  InvalidRequestError,
  LINES,
} from '@updraft/service';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { type CleanupOwner, DeletionsNotAllowedError } from '../cleanup/access.ts';
import { startView } from '../cleanup/job-view.ts';
import { type CleanupRequest, MoreThanConfirmedError } from '../cleanup/start-cleanup.ts';
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
const WHOLE_DAYS = 'expected a whole number of days from 0 to 36500';
const COUNTS = 'expected the num_by_type of a dry run';

const body = z.object(
  {
    identifier: z.string({ error: 'expected a handle or a DID' }).trim().min(1).max(2_048).optional(),
    app_password: z.string({ error: 'expected an app password' }).min(1).max(256).optional(),
    cleanup_types: z
      .array(z.enum(CLEANUP_TYPES, { error: SOME_TYPES }), { error: `expected a list of ${CLEANUP_TYPES.join(', ')}` })
      .min(1, { error: SOME_TYPES }),
    delete_until_days_ago: z.number({ error: WHOLE_DAYS }).int().min(0).max(36_500).optional(),
    delete_older_than: z.iso
      .datetime({ offset: true, error: 'expected a time such as 2026-07-04T12:00:00Z' })
      .transform((text) => Date.parse(text))
      .optional(),
    confirmed_num_by_type: z
      .partialRecord(z.enum(CLEANUP_TYPES, { error: COUNTS }), z.int({ error: COUNTS }).min(0), { error: COUNTS })
      .optional(),
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
    repo: z.string({ error: 'expected the repo of a dry run' }).max(2_048).optional(),
    actually_delete_stuff: z.boolean({ error: 'expected true or false' }).default(false),
  },
  { error: 'expected a JSON object' },
);
const schema = {
  summary: 'What a clean-up would delete, or the job that deletes it',
  body,
  response: {
    200: {
      description:
        'What it found, or began. Who accepts NDJSON gets lines while that takes long, and it in the last one',
      content: { 'application/json': { schema: startedCleanup }, [LINES]: { schema: z.string() } },
    },
  },
};
/** Mostly for the uris of records to keep. */
const MAX_BODY_BYTES = 256 * 1024;
/** Reading a large repository takes minutes. */
const HANDLER_TIMEOUT_MS = 900_000;

/** POST /repo/cleanup: what a clean-up would delete, or the job that deletes it. */
export function startCleanupRoute(app: HttpServer, { cleanups, signIn }: SearchContext): void {
  const options = {
    schema,
    config: { errors: [...UPSTREAM_ERRORS, ForbiddenError, DeletionsNotAllowedError, MoreThanConfirmedError] },
    handlerTimeout: HANDLER_TIMEOUT_MS,
    bodyLimit: MAX_BODY_BYTES,
  };
  app.post('/repo/cleanup', options, async (request, reply) => {
    reply.header('cache-control', 'no-store');
    const known = requireCleanups(cleanups);
    const wanted = toRequest(request.body, await ownerOf(signIn, request, request.body));
    const work = known
      .start(wanted, callerSignal(reply, HANDLER_TIMEOUT_MS))
      .then((start) => startView(start, known.policy));
    return answerPatiently(app, request, reply, work);
  });
}

type Body = z.output<typeof body>;

/** An app password, or the session of the console that the request bears. */
async function ownerOf(
  signIn: SearchContext['signIn'],
  request: FastifyRequest,
  { identifier, app_password: appPassword }: Body,
): Promise<CleanupOwner> {
  const caller = callerKey(request.ip);
  const session = await signIn?.who(request);
  if (session !== undefined && (identifier ?? appPassword) !== undefined)
    throw new InvalidRequestError('expected a session of the console, or identifier and app_password, not both');
  if (session !== undefined) return { kind: 'console', sessionId: session.sessionId, did: session.did, caller };
  if (identifier !== undefined && appPassword !== undefined)
    return { kind: 'password', identifier, appPassword, caller };
  if (identifier !== undefined) throw new InvalidRequestError('app_password: expected an app password');
  if (appPassword !== undefined) throw new InvalidRequestError('identifier: expected a handle or a DID');
  throw new AuthenticationRequiredError('sign in to the console, or send identifier and app_password');
}

function toRequest(input: Body, owner: CleanupOwner): CleanupRequest {
  return {
    owner,
    repo: input.repo,
    types: [...new Set(input.cleanup_types)],
    age: ageOf(input),
    keep: { pinned: input.keep_pinned, threads: input.keep_threads, minLikes: input.keep_min_likes },
    keepUris: input.keep_uris,
    isReal: input.actually_delete_stuff,
    confirmed: input.confirmed_num_by_type,
  };
}

function ageOf({ delete_until_days_ago: daysAgo, delete_older_than: olderThanMs }: Body): CleanupRequest['age'] {
  if (daysAgo !== undefined && olderThanMs === undefined) return { daysAgo };
  if (olderThanMs !== undefined && daysAgo === undefined) return { olderThanMs };
  if (daysAgo === undefined) throw new InvalidRequestError(`delete_until_days_ago: ${WHOLE_DAYS}`);
  throw new InvalidRequestError('expected delete_until_days_ago or delete_older_than, not both');
}
