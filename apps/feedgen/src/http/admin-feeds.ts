import { membersLabel, shortAlias } from '@updraft/feeds';
import type { HttpServer } from '@updraft/service';
import { z } from 'zod';
import { within } from '../within.ts';
import { HOST_ERRORS, needsHost, whoActs } from './admin-auth.ts';
import type { FeedgenContext } from './context.ts';
import { feedTitle } from './feed-names.ts';

const schema = {
  ...needsHost,
  summary: 'The feeds that the key or the session is for, by the name without its prefix',
  response: {
    200: z.object({
      feeds: z.record(
        z.string(),
        z.object({
          feed_type: z.string(),
          user_count: z.int(),
          alias: z.string(),
          title: z.string(),
          role: z.enum(['host', 'moderator']),
          audience: z.string(),
          viewers_today: z.int(),
          requests_waiting: z.int().optional().describe('Absent while the database can not tell'),
          built_at: z.iso
            .datetime()
            .optional()
            .describe('Of the build that is served; absent for a feed without builds'),
        }),
      ),
    }),
  },
};

/** GET /api/admin/feeds: the feeds that the key or the session is for, by the name without its prefix. */
export function adminFeeds(app: HttpServer, context: FeedgenContext): void {
  const { file, membership, analytics, live } = context;
  app.get('/api/admin/feeds', { schema, config: { errors: HOST_ERRORS } }, async (request) => {
    const actor = await whoActs(context, request);
    const feeds = [...file.feeds.values()].filter(({ alias }) => actor.isHostOf(alias) || actor.isModeratorOf(alias));
    const labels = feeds.map((feed) => membersLabel(feed) ?? '').filter((label) => label !== '');
    const waiting = await waitingFor(context, labels);
    const entries = feeds.map((feed) => {
      const label = membersLabel(feed) ?? '';
      const build = live.current(feed.alias);
      const view = {
        feed_type: feed.kind,
        user_count: membership.count(label) ?? 0,
        alias: feed.alias,
        title: feedTitle(feed),
        role: actor.isHostOf(feed.alias) ? ('host' as const) : ('moderator' as const),
        audience: feed.audience,
        viewers_today: analytics.viewersToday(feed.alias),
        requests_waiting: label === '' ? 0 : waiting && (waiting.get(label) ?? 0),
        built_at: build === undefined || build.asOfMs === 0 ? undefined : new Date(build.asOfMs).toISOString(),
      };
      return [shortAlias(feed.alias), view] as const;
    });
    return { feeds: Object.fromEntries(entries) };
  });
}

/** The page of all feeds is not to wait for long. */
const COUNT_WAIT_MS = 2_000;

/** Undefined while the database is away or slow: all else is known without it. */
async function waitingFor({ membership, log }: FeedgenContext, labels: readonly string[]) {
  if (labels.length === 0) return undefined;
  try {
    return await within(COUNT_WAIT_MS, membership.waiting(labels));
  } catch (error) {
    log.warn({ err: error }, 'who waits for hosts can not be counted now');
    return undefined;
  }
}
