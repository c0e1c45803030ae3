import { type HttpServer, XrpcError } from '@updraft/service';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Build, FeedPost } from '../builds/build.ts';
import { type FeedCursor, formatCursor, parseCursor } from '../builds/cursor.ts';
import { type Page, placeAfter, takePage } from '../builds/page.ts';
import { type Feed, membersLabel } from '../feeds-file/feed.ts';
import type { FeedgenContext } from './context.ts';
import { createFeedFinder } from './feed-of-uri.ts';
import { createReadership, type Reader } from './readership.ts';

const LXM = 'app.bsky.feed.getFeedSkeleton';
const DEFAULT_LIMIT = 50;

const query = z.object({
  feed: z.string({ error: 'the parameter feed is needed, once' }),
  limit: z
    .string({ error: 'expected once' })
    .regex(/^(?:[1-9]\d?|100)$/, { error: 'expected a whole number from 1 to 100' })
    .transform(Number)
    .default(DEFAULT_LIMIT),
  cursor: z.string({ error: 'expected once' }).optional(),
});

/** GET app.bsky.feed.getFeedSkeleton. Served from memory: no request waits for ClickHouse. */
export function getFeedSkeleton(app: HttpServer, context: FeedgenContext): void {
  const { metrics, viewers, now } = context;
  const feedOf = createFeedFinder(context.service, context.file);
  const readership = createReadership(context);
  app.get(`/xrpc/${LXM}`, { schema: { querystring: query } }, async (request, reply) => {
    const startedAt = performance.now();
    const { limit, cursor: cursorText } = request.query;
    const feed = feedOf(request.query.feed);
    const cursor = cursorText === undefined ? undefined : readCursor(cursorText, feed);
    const viewerDid = await viewers.identify({
      authorization: request.headers.authorization,
      lxm: LXM,
      isStrict: feed.audience === 'members',
      caller: request.ip,
    });
    const reader = readership(feed, viewerDid);
    const { build, place } = await findPlace(reader, cursor);
    const page = takePage(build, place, limit, reader.isCut);
    const seconds = (performance.now() - startedAt) / 1000;
    metrics.pageSeconds.observe(seconds);
    metrics.pages.inc({ feed: feed.alias, reader: reader.name });
    if (viewerDid !== undefined)
      record(context, { feed, viewerDid, reader, page, limit, place, request, cursor, seconds, at: now() });
    return sendPage(reply, feed, build, page, request.id);
  });
}

function readCursor(text: string, feed: Feed): FeedCursor {
  const cursor = parseCursor(text);
  if (cursor === undefined) throw new XrpcError(400, 'InvalidRequest', 'the cursor is malformed');
  if (cursor.alias !== feed.alias) throw new XrpcError(400, 'InvalidRequest', 'the cursor belongs to another feed');
  return cursor;
}

/** Where a reader goes on: in its own build, or after its last post in the current one, or at the end. */
async function findPlace(reader: Reader, cursor: FeedCursor | undefined): Promise<{ build: Build; place: number }> {
  if (cursor !== undefined) {
    const own = reader.get(cursor.buildId) ?? (await reader.find(cursor.buildId));
    if (own !== undefined) return { build: own, place: cursor.place };
  }
  const build = reader.current();
  if (build === undefined)
    throw new XrpcError(503, 'FeedNotReady', 'this feed is being built, please try again', { 'retry-after': '5' });
  return { build, place: cursor === undefined ? 0 : (placeAfter(build, cursor.lastUri) ?? build.posts.length) };
}

function sendPage(reply: FastifyReply, feed: Feed, build: Build, page: Page, requestId: string): FastifyReply {
  const last: FeedPost | undefined = page.next === undefined ? undefined : build.posts[page.next - 1];
  const cursor =
    last === undefined || page.next === undefined
      ? ''
      : `,"cursor":"${formatCursor({ alias: feed.alias, buildId: build.id, place: page.next, lastUri: last.uri })}"`;
  const reqId = feed.publish?.acceptsInteractions === true ? `,"reqId":${JSON.stringify(requestId.slice(0, 100))}` : '';
  const language = 'languages' in feed ? feed.languages.join(', ') : '';
  if (language !== '') reply.header('content-language', language);
  if (membersLabel(feed) !== undefined && feed.audience === 'members')
    reply.header('cache-control', 'private, no-store');
  // Posts carry their JSON: a page is a matter of joining it.
  const items = page.posts.map((post) => post.json).join(',');
  return reply.type('application/json; charset=utf-8').send(`{"feed":[${items}]${cursor}${reqId}}`);
}

interface Reading {
  feed: Feed;
  viewerDid: string;
  reader: Reader;
  page: Page;
  limit: number;
  place: number;
  request: FastifyRequest;
  cursor: FeedCursor | undefined;
  seconds: number;
  at: number;
}

function record({ requests, viewerCounts }: FeedgenContext, reading: Reading): void {
  const { feed, viewerDid, reader, page, limit, place, request, cursor, seconds, at } = reading;
  viewerCounts.see(feed.alias, viewerDid);
  requests.push({
    requestedAt: at,
    feed: feed.alias,
    viewerDid,
    requestId: request.id,
    pageLimit: limit,
    pageSize: page.posts.length,
    pageOffset: place,
    hasCursor: cursor !== undefined,
    isOutsider: reader.name === 'outsider',
    acceptLanguage: (request.headers['accept-language'] ?? '').slice(0, 256),
    durationUs: Math.round(seconds * 1e6),
  });
}
