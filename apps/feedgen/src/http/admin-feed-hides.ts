import { hideSubject, readHideSubject } from '@updraft/feeds';
import { atMostOnce, type HttpServer, InvalidRequestError, onceOf, RateLimitExceededError } from '@updraft/service';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { ADMIN_FEED_ERRORS, needsHost, needsHostToChange, requireFeed } from './admin-auth.ts';
import type { FeedgenContext } from './context.ts';
import { createDidFinder } from './find-did.ts';
import { readHandlesIn } from './named-accounts.ts';

const feedName = onceOf('feedName').min(1);
const subject = onceOf('subject').min(1).max(2_048).describe('The at-uri of a post, a DID or a handle');
const listQuery = z.object({ feedName });
const hideQuery = z.object({ feedName, subject, reason: onceOf('reason').min(1).max(1_000) });
const unhideQuery = z.object({
  feedName,
  subject,
  reason: atMostOnce.max(1_000).default(''),
});

const hideView = z
  .object({
    subject: z.string(),
    subjectHandle: z.string().describe('Of the account, or of who wrote the post; empty where it is not known'),
    reason: z.string(),
    changedBy: z.string(),
    changedByHandle: z.string(),
    changedAt: z.iso.datetime(),
  })
  .meta({ id: 'Hide' });
const list = {
  schema: {
    ...needsHost,
    summary: 'The posts and accounts that were taken out of a feed, the latest first',
    querystring: listQuery,
    response: { 200: z.object({ hides: z.array(hideView) }) },
  },
  config: { errors: ADMIN_FEED_ERRORS },
};
const response = { 200: z.object({ message: z.string() }) };
const config = { errors: [...ADMIN_FEED_ERRORS, RateLimitExceededError] };

/** /api/admin/feed_hides: GET lists what was taken out of a feed, PUT takes a post or an account out, DELETE shows it again. */
export function adminFeedHides(app: HttpServer, context: FeedgenContext): void {
  const setHidden = createHider(context);
  const url = '/api/admin/feed_hides';
  app.get(url, list, async (request) => {
    const { feedName: name } = request.query;
    const { feed } = await requireFeed(context, request, { feedName: name, right: 'moderate' });
    const hides = await context.hides.of(feed.alias);
    const handleOf = await readHandlesIn(
      context.identity,
      hides.flatMap((row) => [row.subject, row.changedBy]),
    );
    return {
      hides: hides.map(({ subject: hidden, reason, changedBy, version }) => ({
        subject: hidden,
        subjectHandle: handleOf(hidden),
        reason,
        changedBy,
        changedByHandle: handleOf(changedBy),
        changedAt: new Date(version / 1000).toISOString(),
      })),
    };
  });
  const hide = {
    ...needsHostToChange,
    summary: 'Takes a post or an account out of a feed',
    querystring: hideQuery,
    response,
  };
  app.put(url, { schema: hide, config }, (request) => setHidden(request, request.query, true));
  const unhide = {
    ...needsHostToChange,
    summary: 'Shows a hidden post or account again',
    querystring: unhideQuery,
    response,
  };
  app.delete(url, { schema: unhide, config }, (request) => setHidden(request, request.query, false));
}

function createHider(context: FeedgenContext) {
  const findDid = createDidFinder(context.identity);
  return async (request: FastifyRequest, query: z.output<typeof hideQuery>, isHidden: boolean) => {
    const asked = { feedName: query.feedName, right: 'moderate' } as const;
    const { feed, actor } = await requireFeed(context, request, asked);
    const named = readHideSubject(query.subject);
    if (named === undefined) throw new InvalidRequestError('subject: expected the at-uri of a post, a DID or a handle');
    const { did, handle } = named.account;
    const found = hideSubject(await findDid(request, did ?? handle, true), named.rkey);
    const changedBy = actor.name;
    const change = { feed: feed.alias, subject: found, isHidden, reason: query.reason, changedBy };
    const isChanged = await context.hides.change({ ...change, atMicros: Date.now() * 1000 });
    request.log.info({ ...change, isChanged }, 'a hide changed');
    return { message: `${found} ${describeChange(isHidden, isChanged)} ${feed.alias}` };
  };
}

function describeChange(isHidden: boolean, isChanged: boolean): string {
  if (isHidden) return isChanged ? 'is now hidden from' : 'already was hidden from';
  return isChanged ? 'is no longer hidden from' : 'was not hidden from';
}
