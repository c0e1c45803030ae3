import { isDid, parseAtUri } from '@updraft/atproto';
import { feedOrVariantByName, ViewerNeededError } from '@updraft/feeds';
import {
  createRateLimit,
  ForbiddenError,
  type HttpServer,
  InvalidRequestError,
  LimitError,
  NotEnoughResourcesError,
  onceOf,
  optionalOnce,
  RateLimitExceededError,
} from '@updraft/service';
import { z } from 'zod';
import { GraphNotReadyError } from '../for-you/graph/graph-thread.ts';
import { ADMIN_FEED_ERRORS, needsHost, requireFeed } from './admin-auth.ts';
import type { FeedgenContext } from './context.ts';
import { createDidFinder } from './find-did.ts';

const moment = z.iso.datetime();
const weights = z.object({ likes: z.number(), reposts: z.number(), replies: z.number() });
const score = z.object({
  likes: z.int(),
  reposts: z.int(),
  replies: z.int(),
  sum: z.number(),
  ageHours: z.number(),
  score: z.number(),
  weights,
  gravity: z.number().optional(),
});
const build = z.object({
  id: z.string(),
  asOf: moment,
  posts: z.int(),
  place: z.int().optional().describe("The post's, from 1; absent when it isn't in the build"),
  isCut: z.boolean().describe('It is in the build, and pages leave it out since it no longer shows'),
});
const rule = z.object({
  rule: z.string(),
  isPassed: z.boolean().optional().describe('Absent where it could not be asked'),
  detail: z.string(),
});
const explanation = z.object({
  feed: z.string(),
  uri: z.string(),
  asOf: moment,
  isShown: z.boolean().describe('Whether a page has the post now'),
  isTaken: z.boolean().describe('Whether a build made now would have it'),
  because: z.string(),
  rules: z.array(rule),
  score: score.optional(),
  build: build.optional(),
});
const schema = {
  ...needsHost,
  summary: 'Why a post is in a feed or not: each rule with its numbers, its score, its place',
  querystring: z.object({
    feed: onceOf('feed').min(1).describe('Its name; NAME/VARIANT for a variant of it'),
    uri: onceOf('uri').min(1).describe("A post's at-uri, with a DID or a handle"),
    viewer: optionalOnce.describe(
      'Whose list is meant, by DID: of a personal feed, of which each viewer has their own. It must be the account that the key is for, or that is signed in',
    ),
  }),
  response: { 200: explanation },
};
const POST = 'app.bsky.feed.post';
const errors = [...ADMIN_FEED_ERRORS, RateLimitExceededError];

/** GET /api/admin/explain: why a post is in a feed, or why not. */
export function adminExplain(app: HttpServer, context: FeedgenContext): void {
  const limit = createRateLimit({ burst: 30, perSecond: 1 });
  const findDid = createDidFinder(context.identity);
  app.get('/api/admin/explain', { schema, config: { errors } }, async (request) => {
    const { feed: feedName, uri, viewer } = request.query;
    const asked = { feedName, right: 'moderate', find: feedOrVariantByName } as const;
    const { feed, actor } = await requireFeed(context, request, asked);
    const { authority = '', collection, rkey = '' } = parseAtUri(uri) ?? {};
    if (collection !== POST || rkey === '')
      throw new InvalidRequestError(`uri: expected the at-uri of a post, such as at://did:plc:…/${POST}/…`);
    if (viewer !== undefined && !isDid(viewer)) throw new InvalidRequestError('viewer: expected a DID');
    // What others read is nobody's business, also not that of a feed's host.
    if (viewer !== undefined && viewer !== actor.did)
      throw new ForbiddenError('viewer: you may ask about the list of your own account only');
    if (!limit.take(actor.limitName)) throw new RateLimitExceededError('too many posts asked about, please wait');
    const did = await findDid(request, authority, true);
    return context.explain(feed, `at://${did}/${POST}/${rkey}`, Date.now(), viewer).catch(refuse);
  });
}

function refuse(error: unknown): never {
  if (error instanceof ViewerNeededError) throw new InvalidRequestError(error.message);
  if (error instanceof LimitError) throw new RateLimitExceededError('too many lists are made now, please wait');
  if (error instanceof GraphNotReadyError || isTimeout(error))
    throw new NotEnoughResourcesError('this list can not be made now, please try again', { cause: error });
  throw error;
}

/** The bound on what a build may take. */
function isTimeout(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'TimeoutError';
}
