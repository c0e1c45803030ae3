import type { HttpServer } from '@updraft/service';
import type { SearchContext } from '../context.ts';
import type { Report } from '../stats/report.ts';

/** GET /stats and what operators look at: the last report, with its ETag, never waiting for a new one. */
export function reports(app: HttpServer, context: SearchContext): void {
  const maxAgeS = Math.max(1, Math.min(60, Math.floor(context.statsTtlMs / 1000)));
  const { network, collections, ingest, feeds } = context.reports;
  serve(app, '/stats', network, maxAgeS);
  serve(app, '/stats/collections', collections, maxAgeS);
  serve(app, '/stats/ingest', ingest, Math.min(maxAgeS, 10));
  serve(app, '/stats/feeds', feeds, maxAgeS);
}

function serve(app: HttpServer, path: string, report: Report, maxAgeS: number): void {
  app.get(path, async (request, reply) => {
    const { body, etag, computedAtMs, firstAtMs } = await report.get();
    // Of a new store's report the next comes soon.
    const ageS = Math.min(maxAgeS, Math.max(1, Math.floor((computedAtMs - firstAtMs) / 1000)));
    reply.header('etag', etag);
    reply.header('cache-control', `public, max-age=${ageS}, stale-while-revalidate=${ageS * 10}`);
    reply.header('last-modified', new Date(computedAtMs).toUTCString());
    if (matches(request.headers['if-none-match'], etag)) return reply.code(304).send();
    return reply.type('application/json; charset=utf-8').serializer(String).send(body);
  });
}

/** Weak comparison, as a conditional GET wants it. Source: RFC 9110, section 13.1.2 */
function matches(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  return header.split(',').some((each) => each.trim() === '*' || each.trim().replace(/^W\//, '') === etag);
}
