import { feedSettings, previewAnswer, previewRequest } from '@updraft/console-api/views';
import {
  entryText,
  type Feed,
  FeedsFileError,
  isPersonal,
  nameOf,
  PartNotBuiltError,
  widening,
  withEntry,
} from '@updraft/feeds';
import {
  createRateLimit,
  createTurns,
  ForbiddenError,
  type HttpServer,
  InvalidRequestError,
  NotEnoughResourcesError,
  onceOf,
  RateLimitExceededError,
} from '@updraft/service';
import { RefusedQueryError, TimeoutError } from '@updraft/store';
import { z } from 'zod';
import { takePage } from '../builds/page.ts';
import { PREVIEW_POSTS } from '../previews/preview.ts';
import { type Actor, ADMIN_FEED_ERRORS, needsHost, needsHostToChange, requireFeed } from './admin-auth.ts';
import type { FeedgenContext } from './context.ts';
import { createReadership } from './readership.ts';

const read = {
  schema: {
    ...needsHost,
    summary: "A feed's entry of the feeds file, in YAML",
    querystring: z.object({ feedName: onceOf('feedName').min(1) }),
    response: { 200: feedSettings },
  },
  config: { errors: ADMIN_FEED_ERRORS },
};
const preview = {
  schema: {
    ...needsHostToChange,
    summary: 'What a feed would have with other settings, beside what it has. Nothing is saved',
    body: previewRequest,
    response: { 200: previewAnswer },
  },
  config: { errors: [...ADMIN_FEED_ERRORS, RateLimitExceededError] },
  handlerTimeout: 35_000,
};

/** GET /api/admin/settings and POST /api/admin/preview: a feed's settings, and what others would do. */
export function adminSettings(app: HttpServer, context: FeedgenContext): void {
  app.get('/api/admin/settings', read, async (request) => {
    const { feedName } = request.query;
    const { feed } = await requireFeed(context, request, { feedName, right: 'host' });
    return { settings: entryText(context.file, feed.alias) };
  });
  const limit = createRateLimit({ burst: 30, perSecond: 0.5 });
  const turns = createTurns({ atOnce: 2, perCaller: 1, maxWaiting: 8, what: 'previews', retryAfterS: 5 });
  const presentPosts = createPresentPosts(context);
  app.post('/api/admin/preview', preview, async (request) => {
    const { feedName, settings } = request.body;
    const { feed, actor } = await requireFeed(context, request, { feedName, right: 'host' });
    if (isPersonal(feed)) throw new InvalidRequestError(`each reader has a list of their own in ${nameOf(feed)}`);
    if (!limit.take(actor.limitName))
      throw new RateLimitExceededError('too many previews, please wait', { retryAfterS: 5 });
    const other = changedFeed(context, feed, settings, actor);
    return turns.run(actor.limitName, async () => {
      const changed = await context.preview(other).catch(refuse);
      return { present: await presentPosts(feed), changed };
    });
  });
}

/** @throws InvalidRequestError with what the feeds file's reader says; ForbiddenError where it would show more than the host may see */
function changedFeed({ file }: FeedgenContext, { alias }: Feed, settings: string, actor: Actor): Feed {
  const feed = readEntry(file, alias, settings);
  if (isPersonal(feed)) throw new InvalidRequestError('kind: a feed of which each reader has their own has no preview');
  const wide = widening(file.feeds, feed, actor.isHostOf);
  if (wide !== undefined) throw new ForbiddenError(wide);
  return feed;
}

function readEntry(file: FeedgenContext['file'], alias: string, settings: string): Feed {
  try {
    const feed = withEntry(file, alias, settings).get(alias);
    if (feed !== undefined) return feed;
  } catch (error) {
    if (error instanceof FeedsFileError) throw new InvalidRequestError(error.faults.join('\n'));
    throw error;
  }
  throw new InvalidRequestError('settings: expected the settings of a feed');
}

/** The first posts of a feed as its pages have them. */
function createPresentPosts(context: FeedgenContext) {
  const readership = createReadership(context);
  return async (feed: Feed): Promise<string[]> => {
    const reader = readership(feed, { viewerDid: undefined, languages: [], isOfHost: true });
    const build = await reader.current();
    return build === undefined ? [] : takePage(build, 0, PREVIEW_POSTS, reader.isCut).posts.map(({ uri }) => uri);
  };
}

function refuse(error: unknown): never {
  if (error instanceof PartNotBuiltError) throw new NotEnoughResourcesError(error.message, { cause: error });
  if (error instanceof RefusedQueryError)
    throw new InvalidRequestError('settings: the database refuses a query with these', { cause: error });
  if (error instanceof TimeoutError || (error instanceof DOMException && error.name === 'TimeoutError'))
    throw new NotEnoughResourcesError('these settings take too long to try out now', { cause: error });
  throw error;
}
