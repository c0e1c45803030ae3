import { createHttpServer, type HttpServer } from '@updraft/service';
import { storeAnswer } from '@updraft/store';
import type { FeedgenConfig } from '../config.ts';
import { adminFeedMembers } from './admin-feed-members.ts';
import { adminFeeds } from './admin-feeds.ts';
import type { FeedgenContext } from './context.ts';
import { describeFeedGenerator } from './describe-feed-generator.ts';
import { didJson } from './did-json.ts';
import { getFeedSkeleton, SKELETON_PATH } from './get-feed-skeleton.ts';
import { landingPage } from './landing-page.ts';
import { openapi } from './openapi.ts';
import { sendInteractions } from './send-interactions.ts';

const ROUTES = [
  didJson,
  describeFeedGenerator,
  getFeedSkeleton,
  sendInteractions,
  adminFeeds,
  adminFeedMembers,
  landingPage,
  openapi,
];

const HANDLER_TIMEOUT_MS = 10_000;

/** The HTTP app with all routes, not yet listening. */
export function createApp(
  context: FeedgenContext,
  config: Pick<FeedgenConfig, 'corsOrigins' | 'trustProxy'>,
): HttpServer {
  const app = createHttpServer({
    log: context.log,
    corsOrigins: config.corsOrigins,
    trustProxy: config.trustProxy,
    classifyError: storeAnswer,
    handlerTimeoutMs: 0, // see below
  });
  // After the kit's own plugins, such as CORS, are in: routes are told of hooks that stand when they are made.
  app.register((routes, _options, done) => {
    // A timer for each page would cost a tenth of the pages a second, and every wait of a page has a bound of its own.
    routes.addHook('onRoute', (route) => {
      if (route.url !== SKELETON_PATH) route.handlerTimeout = HANDLER_TIMEOUT_MS;
    });
    for (const route of ROUTES) route(routes, context);
    done();
  });
  return app;
}
