import { randomUUID } from 'node:crypto';
import { type Feed, isPersonal, isToldApart } from '@updraft/feeds';
import { callerKey, type HttpServer, inSpan, onceOf, optionalOnce, wholeNumber } from '@updraft/service';
import type { FeedRequestRow } from '@updraft/store';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { FeedCursor } from '../builds/cursor.ts';
import { VIEWER_ERRORS } from '../viewer/viewer-errors.ts';
import { acceptedLanguages } from './accept-languages.ts';
import type { FeedgenContext } from './context.ts';
import { FeedNotReadyError, UnknownFeedError } from './errors.ts';
import { createFeedFinder } from './feed-of-uri.ts';
import { createPageRenderer, type RenderedPage } from './page-renderer.ts';
import { type PageStart, readCursor, startOf } from './page-start.ts';
import { createReadership, type Reader } from './readership.ts';
import { isPeek, openSeenPage } from './seen-page.ts';

const LXM = 'app.bsky.feed.getFeedSkeleton';
export const SKELETON_PATH = `/xrpc/${LXM}`;

const reason = z.discriminatedUnion('$type', [
  z.object({ $type: z.literal('app.bsky.feed.defs#skeletonReasonPin') }),
  z.object({ $type: z.literal('app.bsky.feed.defs#skeletonReasonRepost'), repost: z.string() }),
]);
const schema = {
  summary: 'A page of a feed; feeds that are not for everyone need the token',
  security: [{}, { viewer: [] }],
  querystring: z.object({
    feed: onceOf('feed').meta({ format: 'at-uri' }),
    limit: wholeNumber({ min: 1, max: 100, preset: 50, pattern: /^[1-9]\d*$/, twice: 'expected once' }),
    cursor: optionalOnce,
  }),
  response: {
    200: z.object({
      feed: z.array(z.object({ post: z.string(), reason: reason.optional(), feedContext: z.string().optional() })),
      cursor: z.string().optional(),
      reqId: z.string().optional(),
    }),
  },
};
const errors = [UnknownFeedError, FeedNotReadyError, ...VIEWER_ERRORS];

/** GET app.bsky.feed.getFeedSkeleton. Served from memory: no request waits for ClickHouse, but of a personal feed a first page may, for a moment. */
export function getFeedSkeleton(app: HttpServer, context: FeedgenContext): void {
  const { metrics, analytics } = context;
  const feedOf = createFeedFinder(context.service, context.file);
  const readership = createReadership(context);
  const render = createPageRenderer();
  app.get(SKELETON_PATH, { schema, config: { errors } }, async (request, reply) => {
    const startedAt = performance.now();
    const { limit } = request.query;
    // An empty cursor asks for the first page, as an absent one does.
    const cursorText = request.query.cursor === '' ? undefined : request.query.cursor;
    const feed = feedOf(request.query.feed);
    const cursor = readCursor(cursorText, feed);
    const viewerDid = request.headers.authorization === undefined ? undefined : await identify(context, request, feed);
    const languages = isPersonal(feed) ? acceptedLanguages(request.headers['accept-language']) : [];
    const reader = readership(feed, { viewerDid, languages, cursorAlias: cursor?.alias });
    // While the build is looked for: a page waits for one after the other no longer than for the slower.
    const asked = { feed, reader, viewerDid, limit, cursor: cursorText };
    const opening = feed.hideSeen ? openSeenPage(context, asked) : undefined;
    // To wait for what is there costs a page as well.
    const start = startOf(reader, cursor);
    const { build, offset } = start instanceof Promise ? await start : start;
    const seen = opening === undefined ? undefined : await opening;
    const page = render({ build, offset, limit, reader, seen: seen?.view });
    seen?.note(page.posts);
    const seconds = (performance.now() - startedAt) / 1000;
    metrics.pageSeconds.observe(seconds);
    metrics.pages.count(reader.feed.alias, reader.name);
    const requestId = pageId(request);
    if (viewerDid !== undefined)
      analytics.addPage(
        pageRow(request, { feed, viewerDid, requestId, limit, cursor, build, offset, reader, page, seconds }),
      );
    return sendPage(reply, reader.feed, page, isToldApart(feed) ? requestId : undefined);
  });
}

function identify({ identity }: FeedgenContext, request: FastifyRequest, feed: Feed): Promise<string | undefined> {
  const { authorization } = request.headers;
  const [isStrict, isOpen] = [feed.audience === 'members', feed.audience === 'everyone'];
  return inSpan('identify viewer', {}, () =>
    identity.viewers.identify({ authorization, lxm: LXM, isStrict, isOpen, caller: callerKey(request.ip) }),
  );
}

interface PageFacts extends PageStart {
  readonly feed: Feed;
  readonly viewerDid: string;
  readonly requestId: string;
  readonly limit: number;
  readonly cursor: FeedCursor | undefined;
  readonly reader: Reader;
  readonly page: RenderedPage;
  readonly seconds: number;
}

function pageRow(request: FastifyRequest, facts: PageFacts): FeedRequestRow {
  const { limit, cursor, reader, page } = facts;
  return {
    requestedAt: Date.now(),
    feed: facts.feed.alias,
    viewerDid: facts.viewerDid,
    requestId: facts.requestId,
    pageLimit: limit,
    pageSize: page.posts.length,
    pageOffset: facts.offset,
    hasCursor: cursor !== undefined,
    isOutsider: reader.name === 'outsider',
    durationUs: Math.round(facts.seconds * 1e6),
    acceptLanguage: (request.headers['accept-language'] ?? '').slice(0, 256),
    buildId: facts.build.id,
    variant: reader.variant,
    items: isPeek(limit, cursor !== undefined) ? [] : page.keys,
  };
}

/** Names the page. Another page must not have it, so a request's own id counts only where we gave it. */
function pageId(request: FastifyRequest): string {
  return request.headers['x-request-id'] === undefined ? request.id : randomUUID();
}

function sendPage(reply: FastifyReply, feed: Feed, { fields }: RenderedPage, reqId?: string): FastifyReply {
  if ('languages' in feed && feed.languages.length > 0) reply.header('content-language', feed.languages.join(', '));
  if (feed.audience === 'members' || isPersonal(feed)) reply.header('cache-control', 'private, no-store');
  return reply
    .type('application/json; charset=utf-8')
    .send(reqId === undefined ? `{${fields}}` : `{${fields},"reqId":"${reqId}"}`);
}
