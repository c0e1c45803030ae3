import { type HttpServer, matchesEtag, optionalOnce } from '@updraft/service';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { SearchContext } from '../context.ts';
import { BREAKDOWNS, createFeedReportReader, feedReport } from '../stats/feed-report.ts';
import { networkStats } from '../stats/network-stats.ts';
import { collectionReport, ingestReport } from '../stats/operator-stats.ts';
import type { Report, Snapshot } from '../stats/report.ts';

/** GET /stats and the reports for operators: the last answer with its ETag, without waiting for a new one. */
export function reports(app: HttpServer, context: SearchContext): void {
  const maxAgeS = Math.max(1, Math.min(60, Math.floor(context.statsTtlMs / 1000)));
  const { network, collections, ingest, feeds } = context.reports;
  const serve = (path: string, summary: string, shape: z.ZodType, report: Report, ageS = maxAgeS) => {
    const response = { 200: shape, 304: NOT_MODIFIED };
    app.get(path, { schema: { summary, response } }, async (request, reply) =>
      send(request, reply, await report.get(), ageS),
    );
  };
  const totals = 'The network by day: likes, posts, follows, blocks and who made them; and the totals';
  serve('/stats', totals, networkStats, network);
  serve('/stats/collections', 'Operations by day and collection, 30 days', collectionReport, collections);
  const standing = 'How far the index is behind (live streams only), events a second, gaps, rejected events by reason';
  serve('/stats/ingest', standing, ingestReport, ingest, Math.min(maxAgeS, 10));
  feedStats(app, feeds, maxAgeS);
}

/** The report holds all feeds in every breakdown; a caller gets a part of it. */
function feedStats(app: HttpServer, report: Report, maxAgeS: number): void {
  const read = createFeedReportReader();
  const schema = {
    summary:
      'What signed-in viewers read of each feed, and what they did with it, by day, position or variant, 30 days',
    querystring: z.object({
      feed: optionalOnce.describe('Its name; all feeds without it'),
      by: z.enum(BREAKDOWNS, { error: `expected one of ${BREAKDOWNS.join(', ')}` }).default('day'),
    }),
    response: { 200: feedReport, 304: NOT_MODIFIED },
  };
  app.get('/stats/feeds', { schema }, async (request, reply) => {
    const { by, feed } = request.query;
    const snapshot = await report.get();
    const body = read(snapshot, by, feed);
    const etag = `${snapshot.etag.slice(0, -1)}-${by}"`; // a cache tells feeds apart by their urls
    return send(request, reply, { ...snapshot, body, etag }, maxAgeS);
  });
}

const NOT_MODIFIED = z.undefined().describe('As the If-None-Match of the request has it');

function send(request: FastifyRequest, reply: FastifyReply, snapshot: Snapshot, maxAgeS: number) {
  const { body, etag, computedAtMs, firstAtMs } = snapshot;
  // A new store's reports are computed often.
  const ageS = Math.min(maxAgeS, Math.max(1, Math.floor((computedAtMs - firstAtMs) / 1000)));
  reply.header('etag', etag);
  reply.header('cache-control', `public, max-age=${ageS}, stale-while-revalidate=${ageS * 10}`);
  reply.header('last-modified', new Date(computedAtMs).toUTCString());
  if (matchesEtag(request.headers['if-none-match'], etag)) return reply.code(304).send();
  return reply.type('application/json; charset=utf-8').send(body);
}
