import { type FeedView, feedList } from '@updraft/console-api/views';
import { type Feed, isPersonal } from '@updraft/feeds';
import { callerKey, createRateLimit, type HttpServer, RateLimitExceededError } from '@updraft/service';
import type { FeedgenContext } from './context.ts';
import { describeFeed, feedTitle, feedUri } from './feed-names.ts';
import { createReadership } from './readership.ts';

const schema = {
  summary: 'The feeds: what each is, and of those for everyone how old their builds are',
  response: { 200: feedList },
};
const config = { errors: [RateLimitExceededError] };

/** GET /api/feeds: what everybody may know of each feed. From memory. */
export function listFeeds(app: HttpServer, context: FeedgenContext): void {
  const limit = createRateLimit({ burst: 60, perSecond: 2 });
  const contentOf = createContentView(context);
  app.get('/api/feeds', { schema, config }, async (request, reply) => {
    if (!limit.take(callerKey(request.ip)))
      throw new RateLimitExceededError('too many requests, please wait', { retryAfterS: 5 });
    reply.header('cache-control', 'public, max-age=5');
    const views = [...context.file.feeds.values()].map(
      async (feed): Promise<FeedView> => ({ ...nameView(context, feed), ...(await contentOf(feed)) }),
    );
    return { feeds: await Promise.all(views) };
  });
}

function nameView({ service }: FeedgenContext, feed: Feed) {
  const { alias: name, kind, audience } = feed;
  const [title, description] = [feedTitle(feed), describeFeed(feed)];
  return { name, uri: feedUri(feed, service), title, description, kind, audience, isPersonal: isPersonal(feed) };
}

/** Of a feed whose posts not everyone may see, nothing is told of them. */
function createContentView(context: FeedgenContext) {
  const readership = createReadership(context);
  const { endpoint } = context.service;
  return async (feed: Feed) => {
    if (feed.audience !== 'everyone') return { variants: [] };
    const variants = (feed.variantFeeds ?? []).map(({ variant }) => variant?.name ?? '');
    if (isPersonal(feed)) return { variants };
    const build = await readership(feed, { viewerDid: undefined, languages: [] }).current();
    const file = `${endpoint}/feeds/${encodeURIComponent(feed.alias)}`;
    const documents = { rss: `${file}.rss`, json: `${file}.json` };
    if (build === undefined) return { variants, documents };
    // A static feed has no build that could be old.
    const builtAt = build.asOfMs === 0 ? undefined : new Date(build.asOfMs).toISOString();
    return { variants, documents, builtAt, posts: build.posts.length };
  };
}
