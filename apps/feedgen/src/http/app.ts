import { addPostCards, type Console, otherOrigins } from '@updraft/console-api';
import { type ApiDescription, addRoutes, createHttpServer, type HttpServer } from '@updraft/service';
import { storeAnswer } from '@updraft/store';
import type { FeedgenConfig } from '../config.ts';
import { adminAccountSuggestions } from './admin-account-suggestions.ts';
import { adminExplain } from './admin-explain.ts';
import { adminFeedHides } from './admin-feed-hides.ts';
import { adminFeedMembers } from './admin-feed-members.ts';
import { adminFeeds } from './admin-feeds.ts';
import { adminMemberRequests } from './admin-member-requests.ts';
import { adminMembersBulk } from './admin-members-bulk.ts';
import { adminSettings } from './admin-settings.ts';
import type { FeedgenContext } from './context.ts';
import { describeFeedGenerator } from './describe-feed-generator.ts';
import { didJson } from './did-json.ts';
import { feedDocuments } from './feed-documents.ts';
import { feedPosts } from './feed-posts.ts';
import { getFeedSkeleton, SKELETON_PATH } from './get-feed-skeleton.ts';
import { landingPage } from './landing-page.ts';
import { listFeeds } from './list-feeds.ts';
import { memberRequest } from './member-request.ts';
import { sendInteractions } from './send-interactions.ts';

const ROUTES = [
  didJson,
  describeFeedGenerator,
  getFeedSkeleton,
  sendInteractions,
  adminFeeds,
  adminFeedMembers,
  adminMembersBulk,
  adminAccountSuggestions,
  adminFeedHides,
  adminMemberRequests,
  memberRequest,
  adminExplain,
  adminSettings,
  feedDocuments,
  listFeeds,
  feedPosts,
  landingPage,
];

const HANDLER_TIMEOUT_MS = 10_000;

/** The HTTP app with all routes, not yet listening. */
export function createApp(
  context: FeedgenContext,
  config: Pick<FeedgenConfig, 'corsOrigins' | 'trustProxy' | 'console'>,
  console: Console | undefined,
): HttpServer {
  const app = createHttpServer({
    log: context.log,
    corsOrigins: [...config.corsOrigins, ...otherOrigins({ service: 'feedgen', env: config.console })],
    trustProxy: config.trustProxy,
    classifyError: storeAnswer,
    handlerTimeoutMs: 0, // see below
  });
  addRoutes(app, describeApi(context), (routes) => {
    // A timer for each page would cost a tenth of the throughput, and each wait of a page has its own bound.
    routes.addHook('onRoute', (route) => {
      if (route.url !== SKELETON_PATH) route.handlerTimeout ??= HANDLER_TIMEOUT_MS;
    });
    for (const route of ROUTES) route(routes, context);
    console?.addRoutes(routes);
    if (console !== undefined) addPostCards(routes, context);
  });
  return app;
}

function describeApi({ service }: FeedgenContext): ApiDescription {
  return {
    info: { title: 'Updraft feed generator', version: '1', description: `Feeds of ${service.did}` },
    servers: [{ url: service.endpoint }],
    components: {
      securitySchemes: {
        viewer: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: "A service token of the viewer's PDS",
        },
        apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: 'updraft_session',
          description: 'Of a host who is signed in; with https its name begins with __Host-',
        },
        csrfToken: { type: 'apiKey', in: 'header', name: 'X-CSRF-Token', description: "The session's" },
      },
    },
  };
}
