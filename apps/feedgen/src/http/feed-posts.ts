import { feedPage } from '@updraft/console-api/views';
import { type Feed, isPersonal } from '@updraft/feeds';
import {
  AuthenticationRequiredError,
  callerKey,
  createRateLimit,
  ForbiddenError,
  type HttpServer,
  InvalidRequestError,
  onceOf,
  optionalOnce,
  RateLimitExceededError,
} from '@updraft/service';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { formatCursor } from '../builds/cursor.ts';
import { takePage } from '../builds/page.ts';
import { requireFeed } from './admin-auth.ts';
import type { FeedgenContext } from './context.ts';
import { FeedNotReadyError, UnknownFeedError } from './errors.ts';
import { type PageStart, readCursor, startOf } from './page-start.ts';
import { createReadership, type Reader } from './readership.ts';

const schema = {
  summary: 'A page of a feed as everyone sees it; of one that is not for everyone its hosts do',
  security: [{}, { session: [] }, { apiKey: [] }],
  querystring: z.object({ feed: onceOf('feed').min(1).describe("The feed's name"), cursor: optionalOnce }),
  response: { 200: feedPage },
};
const errors = [
  AuthenticationRequiredError,
  ForbiddenError,
  UnknownFeedError,
  FeedNotReadyError,
  RateLimitExceededError,
];
const PAGE_SIZE = 30;

/** GET /api/feeds/posts: the current build of a feed that readers share, as its pages have it. From memory or Redis. */
export function feedPosts(app: HttpServer, context: FeedgenContext): void {
  const limit = createRateLimit({ burst: 60, perSecond: 2 });
  const readership = createReadership(context);
  app.get('/api/feeds/posts', { schema, config: { errors } }, async (request, reply) => {
    if (!limit.take(callerKey(request.ip)))
      throw new RateLimitExceededError('too many requests, please wait', { retryAfterS: 5 });
    const feed = await findFeed(context, request, request.query.feed);
    const isOpen = feed.audience === 'everyone';
    const cursor = request.query.cursor === '' ? undefined : readCursor(request.query.cursor, feed);
    const reader = readership(feed, {
      viewerDid: undefined,
      languages: [],
      isOfHost: !isOpen,
      cursorAlias: feed.alias,
    });
    const page = pageView(reader, await startOf(reader, cursor));
    reply.header('cache-control', isOpen ? 'public, max-age=5' : 'private, no-store');
    return page;
  });
}

/** @throws UnknownFeedError, InvalidRequestError; for a feed that is not for everyone as requireFeed() does */
async function findFeed(context: FeedgenContext, request: FastifyRequest, name: string): Promise<Feed> {
  const feed = context.file.feeds.get(name);
  if (feed === undefined) throw new UnknownFeedError('there is no feed of that name');
  if (isPersonal(feed)) throw new InvalidRequestError(`feed: each reader has a list of their own in ${name}`);
  if (feed.audience !== 'everyone') await requireFeed(context, request, { feedName: name, right: 'moderate' });
  return feed;
}

function pageView(reader: Reader, { build, offset }: PageStart) {
  const { posts, next } = takePage(build, offset, PAGE_SIZE, reader.isCut);
  const last = posts.at(-1);
  const views = posts.map(({ uri, isPinned }) => ({ uri, isPinned }));
  if (next === undefined || last === undefined) return { posts: views };
  const cursor = { alias: reader.feed.alias, buildId: build.id, offset: next, lastUri: last.uri };
  return { posts: views, cursor: formatCursor(cursor) };
}
