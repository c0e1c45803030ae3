import { membersLabel, shortAlias } from '@updraft/feeds';
import type { HttpServer } from '@updraft/service';
import { z } from 'zod';
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
        }),
      ),
    }),
  },
};

/** GET /api/admin/feeds: the feeds that the key or the session is for, by the name without its prefix. */
export function adminFeeds(app: HttpServer, context: FeedgenContext): void {
  const { file, membership, analytics } = context;
  app.get('/api/admin/feeds', { schema, config: { errors: HOST_ERRORS } }, async (request) => {
    const actor = await whoActs(context, request);
    const feeds = [...file.feeds.values()].filter(({ alias }) => actor.isHostOf(alias) || actor.isModeratorOf(alias));
    const entries = feeds.map((feed) => {
      const view = {
        feed_type: feed.kind,
        user_count: membership.count(membersLabel(feed) ?? '') ?? 0,
        alias: feed.alias,
        title: feedTitle(feed),
        role: actor.isHostOf(feed.alias) ? ('host' as const) : ('moderator' as const),
        audience: feed.audience,
        viewers_today: analytics.viewersToday(feed.alias),
      };
      return [shortAlias(feed.alias), view] as const;
    });
    return { feeds: Object.fromEntries(entries) };
  });
}
