import { createHttpServer, type HttpServer } from '@updraft/service';
import { storeAnswer } from '@updraft/store';
import type { SearchContext } from './context.ts';
import { cancelCleanup } from './routes/cancel-cleanup.ts';
import { cleanupStats } from './routes/cleanup-stats.ts';
import { getCleanup } from './routes/get-cleanup.ts';
import { getRepo } from './routes/get-repo.ts';
import { listMembers } from './routes/list-members.ts';
import { openapi } from './routes/openapi.ts';
import { redir } from './routes/redir.ts';
import { reports } from './routes/reports.ts';
import { searchPostsRoute } from './routes/search-posts.ts';
import { searchPostsSkeleton } from './routes/search-posts-skeleton.ts';
import { startCleanupRoute } from './routes/start-cleanup.ts';

const ROUTES = [
  reports,
  searchPostsRoute,
  searchPostsSkeleton,
  redir,
  listMembers,
  getRepo,
  startCleanupRoute,
  getCleanup,
  cancelCleanup,
  cleanupStats,
  openapi,
];

/** A query that is far too long still gets to the parser, which says so with its place. */
const MAX_URL_LENGTH = 15_000;

export interface AppOptions {
  readonly corsOrigins: readonly string[];
  readonly trustProxy: boolean | string[];
}

/** The HTTP app with all routes, not yet listening. */
export function createApp(context: SearchContext, { corsOrigins, trustProxy }: AppOptions): HttpServer {
  const app = createHttpServer({
    log: context.log,
    corsOrigins,
    trustProxy,
    classifyError: storeAnswer,
    maxBodyBytes: 16 * 1024,
    maxUrlLength: MAX_URL_LENGTH,
  });
  // After the kit's own plugins, such as CORS, are in: routes are told of hooks that stand when they are made.
  app.register((routes, _options, done) => {
    for (const route of ROUTES) route(routes, context);
    done();
  });
  return app;
}
