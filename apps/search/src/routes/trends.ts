import { type HttpServer, onceOf, wholeNumber } from '@updraft/service';
import { z } from 'zod';
import type { SearchContext } from '../context.ts';
import { TREND_KINDS } from '../trends/rank-trends.ts';
import { type AllTrends, trend } from '../trends/read-trends.ts';

const querystring = z.object({
  lang: onceOf('lang')
    .regex(/^[a-z]{2,3}(?:-[a-z\d-]{1,32})?$/i, { error: "expected a language such as 'en' or 'pt-BR'" })
    .optional(),
  kind: z.enum(TREND_KINDS, { error: `expected one of ${TREND_KINDS.join(', ')}` }).optional(),
  limit: wholeNumber({ min: 1, max: 50, preset: 20, pattern: /^\d{1,9}$/ }),
});
const schema = {
  summary: 'Tags, domains of links and words that more accounts than usual used in the last hour',
  querystring,
  response: {
    200: z.object({
      updated_at: z.iso.datetime(),
      from: z.iso.datetime(),
      usual_days: z.int(),
      trends: z.array(trend),
    }),
  },
};

/** GET /trends: what was counted last, without waiting for a new count. */
export function trends(app: HttpServer, { trends: latest }: SearchContext): void {
  app.get('/trends', { schema }, async (request, reply) => {
    const { lang = '', kind, limit } = request.query;
    const all: AllTrends = await latest();
    reply.header('cache-control', 'public, max-age=30, stale-while-revalidate=300');
    const [language = ''] = lang.toLowerCase().split('-');
    const wanted = (all.languages[language] ?? []).filter((each) => kind === undefined || each.kind === kind);
    const { updated_at, from, usual_days } = all;
    return { updated_at, from, usual_days, trends: wanted.toSorted((a, b) => b.score - a.score).slice(0, limit) };
  });
}
