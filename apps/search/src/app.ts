import { addPostCards, type Console, otherOrigins } from '@updraft/console-api';
import { type ApiDescription, addRoutes, createHttpServer, type HttpServer } from '@updraft/service';
import { storeAnswer } from '@updraft/store';
import type { SearchEnvironment } from './config.ts';
import type { SearchContext } from './context.ts';
import { cancelCleanup } from './routes/cancel-cleanup.ts';
import { cleanupStats } from './routes/cleanup-stats.ts';
import { getCleanup } from './routes/get-cleanup.ts';
import { getRepo } from './routes/get-repo.ts';
import { links } from './routes/links.ts';
import { listMembers } from './routes/list-members.ts';
import { operator } from './routes/operator.ts';
import { redir } from './routes/redir.ts';
import { reports } from './routes/reports.ts';
import { searchPostsRoute } from './routes/search-posts.ts';
import { searchPostsSkeleton } from './routes/search-posts-skeleton.ts';
import { startCleanupRoute } from './routes/start-cleanup.ts';
import { trends } from './routes/trends.ts';
import { upstreamAnswer } from './routes/upstream.ts';

const ROUTES = [
  reports,
  searchPostsRoute,
  searchPostsSkeleton,
  links,
  trends,
  redir,
  listMembers,
  getRepo,
  startCleanupRoute,
  getCleanup,
  cancelCleanup,
  cleanupStats,
  operator,
];

/** Long enough for the parser to see a query that is far too long, and to say so. */
const MAX_URL_LENGTH = 15_000;

const SESSION = { type: 'apiKey', in: 'cookie', name: 'updraft_session' } as const;

const API: ApiDescription = {
  info: { title: 'Updraft search', version: '1', description: 'Statistics, post search, repositories and clean-ups' },
  components: { securitySchemes: { jobSecret: { type: 'http', scheme: 'bearer' }, session: SESSION } },
};

/** The HTTP app with all routes, not yet listening. */
export function createApp(context: SearchContext, env: SearchEnvironment, console: Console | undefined): HttpServer {
  const app = createHttpServer({
    log: context.log,
    corsOrigins: [...env.CORS_ORIGINS, ...otherOrigins({ service: 'search', env })],
    trustProxy: env.TRUST_PROXY,
    classifyError: (error) => upstreamAnswer(error) ?? storeAnswer(error),
    maxBodyBytes: 16 * 1024,
    maxUrlLength: MAX_URL_LENGTH,
  });
  addRoutes(app, API, (routes) => {
    for (const route of ROUTES) route(routes, context);
    console?.addRoutes(routes);
    if (console !== undefined) addPostCards(routes, context);
  });
  return app;
}
