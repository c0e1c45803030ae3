import { type Feed, type FeedsFile, isPersonal } from '@updraft/feeds';
import {
  callerKey,
  createRateLimit,
  type HttpServer,
  matchesEtag,
  NotFoundError,
  RateLimitExceededError,
} from '@updraft/service';
import { z } from 'zod';
import type { DocumentFormat } from '../syndication/documents.ts';
import type { FeedgenContext } from './context.ts';
import { FeedNotReadyError } from './errors.ts';
import { createReadership } from './readership.ts';

const TYPES: Record<DocumentFormat, string> = { rss: 'application/rss+xml', json: 'application/feed+json' };
const text = { schema: z.string() };
const schema = {
  summary: 'The first 50 posts of a feed for everyone as RSS (NAME.rss) or JSON Feed (NAME.json)',
  params: z.object({ file: z.string() }),
  response: {
    200: { description: 'The feed', content: { [TYPES.rss]: text, [TYPES.json]: text } },
    304: z.undefined().describe('As the If-None-Match of the request has it'),
  },
};
const errors = [NotFoundError, RateLimitExceededError, FeedNotReadyError];
const MAX_AGE_S = 60;

/** GET /feeds/NAME.rss and NAME.json, of feeds that everyone shares. Any other feed is as unknown as one that isn't there. */
export function feedDocuments(app: HttpServer, context: FeedgenContext): void {
  const limit = createRateLimit({ burst: 60, perSecond: 1 });
  const readership = createReadership(context);
  app.get('/feeds/:file', { schema, config: { errors } }, async (request, reply) => {
    if (!limit.take(callerKey(request.ip)))
      throw new RateLimitExceededError('too many feeds asked for, please wait', { retryAfterS: 10 });
    const { feed, format } = findFeed(context.file, request.params.file);
    const reader = readership(feed, { viewerDid: undefined, languages: [] });
    const build = await reader.current();
    if (build === undefined)
      throw new FeedNotReadyError('this feed is being built, please try again', { retryAfterS: 5 });
    const { body, etag } = await context.documents.read(feed, format, build, reader);
    reply.header('etag', etag).header('cache-control', `public, max-age=${MAX_AGE_S}`);
    if (matchesEtag(request.headers['if-none-match'], etag)) return reply.code(304).send();
    return reply.type(`${TYPES[format]}; charset=utf-8`).send(body);
  });
}

/** @throws NotFoundError */
function findFeed({ feeds }: FeedsFile, file: string): { feed: Feed; format: DocumentFormat } {
  const [, name = '', format] = /^(.+)\.(rss|json)$/.exec(file) ?? [];
  const feed = feeds.get(name);
  if (feed?.audience !== 'everyone' || isPersonal(feed))
    throw new NotFoundError('there is no such feed, or it is not for everyone');
  return { feed, format: format === 'rss' ? 'rss' : 'json' };
}
