import { previewAnswer, previewRequest } from '@updraft/console-api/views';
import { type Feed, FeedsFileError, isPersonal, nameOf, PartNotBuiltError, widening, withEntry } from '@updraft/feeds';
import {
  createRateLimit,
  createTurns,
  ForbiddenError,
  type HttpServer,
  InvalidRequestError,
  NotEnoughResourcesError,
  RateLimitExceededError,
} from '@updraft/service';
import { RefusedQueryError, TimeoutError } from '@updraft/store';
import { takePage } from '../builds/page.ts';
import { PREVIEW_POSTS } from '../previews/preview.ts';
import { type Actor, ADMIN_FEED_ERRORS, needsHostToChange, requireFeed } from './admin-auth.ts';
import type { FeedgenContext } from './context.ts';
import { createReadership } from './readership.ts';

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

/** Tries other settings out: the feed's first posts with them. Few at a time, of each host one. */
type TryOut = (actor: Actor, feed: Feed) => Promise<string[]>;

function createTryOut({ preview: run }: FeedgenContext): TryOut {
  const limit = createRateLimit({ burst: 30, perSecond: 0.5 });
  const turns = createTurns({ atOnce: 2, perCaller: 1, maxWaiting: 8, what: 'previews', retryAfterS: 5 });
  return async (actor, feed) => {
    if (!limit.take(actor.limitName))
      throw new RateLimitExceededError('too many previews, please wait', { retryAfterS: 5 });
    return turns.run(actor.limitName, () => run(feed).catch(refuse));
  };
}

/** POST /api/admin/preview: what a feed would have with other settings. */
export function adminPreview(app: HttpServer, context: FeedgenContext, { readFeed, tryOut }: Previewing): void {
  const presentPosts = createPresentPosts(context);
  app.post('/api/admin/preview', preview, async (request) => {
    const { feedName, settings } = request.body;
    const { feed, actor } = await requireFeed(context, request, { feedName, right: 'host' });
    const changed = await tryOut(actor, readFeed(feed, settings, actor));
    return { present: await presentPosts(feed), changed };
  });
}

/** What previews and saving share, with their limits. */
export interface Previewing {
  readonly readFeed: ReadFeed;
  readonly tryOut: TryOut;
}

export function createPreviewing(context: FeedgenContext): Previewing {
  return { readFeed: createReadFeed(context), tryOut: createTryOut(context) };
}

/** The feed as other settings make it. */
type ReadFeed = (present: Feed, settings: string, actor: Actor) => Feed;

/** To check an entry takes as long as to read the whole file, while nobody else is answered. */
function createReadFeed(context: FeedgenContext): ReadFeed {
  const limit = createRateLimit({ burst: 60, perSecond: 2 });
  return (present, settings, actor) => {
    if (!limit.take(actor.limitName))
      throw new RateLimitExceededError('too many settings to read, please wait', { retryAfterS: 1 });
    return changedFeed(context, present, settings, actor);
  };
}

/** @throws InvalidRequestError with what the feeds file's reader says; ForbiddenError where it would show more than the host may see */
function changedFeed({ file }: FeedgenContext, present: Feed, settings: string, actor: Actor): Feed {
  if (isPersonal(present)) throw new InvalidRequestError(`each reader has a list of their own in ${nameOf(present)}`);
  const feed = readEntry(file, present.alias, settings);
  if (isPersonal(feed)) throw new InvalidRequestError('kind: a feed of which each reader has their own has no preview');
  const wide = widening(file.feeds, feed, actor.isHostOf);
  if (wide !== undefined) throw new ForbiddenError(wide);
  return feed;
}

function readEntry(file: FeedgenContext['file'], alias: string, settings: string): Feed {
  const feed = refusingFaults(() => withEntry(file, alias, settings).get(alias));
  if (feed === undefined) throw new InvalidRequestError('settings: expected the settings of a feed');
  return feed;
}

/** @throws InvalidRequestError with the faults that are found, each on a line */
export function refusingFaults<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof FeedsFileError) throw new InvalidRequestError(error.faults.join('\n'));
    throw error;
  }
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
