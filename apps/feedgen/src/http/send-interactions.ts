import { isAtUri, parseAtUri } from '@updraft/atproto';
import { callerKey, createRateLimit, type HttpServer, RateLimitExceededError } from '@updraft/service';
import { z } from 'zod';
import { SignInRequiredError, VIEWER_ERRORS } from '../viewer/viewer-errors.ts';
import type { FeedgenContext } from './context.ts';
import { UnknownFeedError } from './errors.ts';
import { createFeedFinder } from './feed-of-uri.ts';

const LXM = 'app.bsky.feed.sendInteractions';
const EVENT_PREFIX = 'app.bsky.feed.defs#';
/** A person sees a few posts a second, and an app sends what was seen every ten seconds. */
const INTERACTIONS = { burst: 2_000, perSecond: 20 };

const atMostBytes = (max: number) => (text: string) => Buffer.byteLength(text) <= max;

const interaction = z.object({
  item: z.string().refine(isAtUri, { error: 'expected an at-uri' }).optional(),
  event: z.string().max(256).optional(),
  feedContext: z.string().refine(atMostBytes(2_000), { error: 'expected at most 2,000 bytes' }).optional(),
  reqId: z.string().refine(atMostBytes(100), { error: 'expected at most 100 bytes' }).optional(),
});

const schema = {
  summary: "What a viewer did with a feed's posts; the viewer is the token's issuer",
  security: [{ viewer: [] }],
  body: z.object({
    feed: z.string().optional(),
    interactions: z.array(interaction).max(500, { error: 'expected at most 500 interactions' }),
  }),
  response: { 200: z.object({}) },
};
const errors = [UnknownFeedError, RateLimitExceededError, ...VIEWER_ERRORS];

/** POST app.bsky.feed.sendInteractions: what a viewer did with the feed's posts. The viewer is the token's issuer. */
export function sendInteractions(app: HttpServer, context: FeedgenContext): void {
  const { identity, analytics } = context;
  const limit = createRateLimit({ burst: 60, perSecond: 1 });
  const ofAll = createRateLimit(INTERACTIONS);
  const feedOf = createFeedFinder(context.service, context.file);
  app.post(`/xrpc/${LXM}`, { schema, config: { errors } }, async (request) => {
    const { authorization } = request.headers;
    const viewerDid = await identity.viewers.identify({
      authorization,
      lxm: LXM,
      isStrict: true,
      isOpen: false,
      caller: callerKey(request.ip),
    });
    if (viewerDid === undefined) throw new SignInRequiredError('this method needs a token');
    if (!limit.take(viewerDid) || !ofAll.take(viewerDid, request.body.interactions.length))
      throw new RateLimitExceededError('too many interactions, please wait', { retryAfterS: 10 });
    const { interactions } = request.body;
    const feed = request.body.feed === undefined ? undefined : feedOf(request.body.feed);
    if (feed?.hideSeen === true) context.seen.add(viewerDid, seenPosts(interactions));
    for (const [index, { item = '', event = '', feedContext = '', reqId = '' }] of interactions.entries())
      analytics.addInteraction({
        receivedAt: Date.now(),
        feed: feed?.alias ?? '',
        viewerDid,
        interactionId: `${request.id}.${index}`,
        item,
        event: event.startsWith(EVENT_PREFIX) ? event.slice(EVENT_PREFIX.length) : event,
        feedContext,
        reqId,
      });
    return {};
  });
}

/** The posts that the app reports as seen. */
function seenPosts(interactions: readonly z.output<typeof interaction>[]): string[] {
  return interactions
    .filter(({ event }) => event === `${EVENT_PREFIX}interactionSeen`)
    .map(({ item = '' }) => item)
    .filter(isPost);
}

function isPost(item: string): boolean {
  const { collection, rkey = '' } = parseAtUri(item) ?? {};
  return collection === 'app.bsky.feed.post' && rkey !== '';
}
