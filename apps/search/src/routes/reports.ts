import { type HttpServer, matchesEtag } from '@updraft/service';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { SearchContext } from '../context.ts';
import { networkStats } from '../stats/network-stats.ts';
import { collectionReport, feedReport, ingestReport } from '../stats/operator-stats.ts';
import type { Report } from '../stats/report.ts';

/** GET /stats and the reports for operators: the last answer with its ETag, without waiting for a new one. */
export function reports(app: HttpServer, context: SearchContext): void {
  const maxAgeS = Math.max(1, Math.min(60, Math.floor(context.statsTtlMs / 1000)));
  const { network, collections, ingest, feeds } = context.reports;
  const serve = (path: string, summary: string, shape: z.ZodType, report: Report, ageS = maxAgeS) => {
    const response = { 200: shape, 304: z.undefined().describe('As the If-None-Match of the request has it') };
    app.get(path, { schema: { summary, response } }, async (request, reply) => send(request, reply, report, ageS));
  };
  const totals = 'The network by day: likes, posts, follows, blocks and who made them; and the totals';
  serve('/stats', totals, networkStats, network);
  serve('/stats/collections', 'Operations by day and collection, 30 days', collectionReport, collections);
  const standing = 'How far the index is behind (live streams only), events a second, gaps, rejected events by reason';
  serve('/stats/ingest', standing, ingestReport, ingest, Math.min(maxAgeS, 10));
  serve('/stats/feeds', 'Requests and viewers by day and feed, 30 days', feedReport, feeds);
}

async function send(request: FastifyRequest, reply: FastifyReply, report: Report, maxAgeS: number) {
  const { body, etag, computedAtMs, firstAtMs } = await report.get();
  // A new store's reports are computed often.
  const ageS = Math.min(maxAgeS, Math.max(1, Math.floor((computedAtMs - firstAtMs) / 1000)));
  reply.header('etag', etag);
  reply.header('cache-control', `public, max-age=${ageS}, stale-while-revalidate=${ageS * 10}`);
  reply.header('last-modified', new Date(computedAtMs).toUTCString());
  if (matchesEtag(request.headers['if-none-match'], etag)) return reply.code(304).send();
  return reply.type('application/json; charset=utf-8').send(body);
}
