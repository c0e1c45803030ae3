import { membersLabel, shortAlias } from '@updraft/feeds';
import { AuthenticationRequiredError, type HttpServer } from '@updraft/service';
import { z } from 'zod';
import { needsApiKey, requireApiKey } from './admin-auth.ts';
import type { FeedgenContext } from './context.ts';

const schema = {
  ...needsApiKey,
  summary: 'The feeds that the key is for, by the name without its prefix',
  response: {
    200: z.object({
      feeds: z.record(
        z.string(),
        z.object({
          feed_type: z.string(),
          user_count: z.int(),
          alias: z.string(),
          audience: z.string(),
          viewers_today: z.int(),
        }),
      ),
    }),
  },
};

/** GET /api/admin/feeds: the feeds that the key is for, by the name without its prefix. */
export function adminFeeds(app: HttpServer, context: FeedgenContext): void {
  const { file, membership, analytics } = context;
  app.get('/api/admin/feeds', { schema, config: { errors: [AuthenticationRequiredError] } }, (request) => {
    const key = requireApiKey(context, request);
    const feeds = [...file.feeds.values()].filter((feed) => key.feeds.includes(feed.alias));
    const entries = feeds.map((feed) => {
      const view = {
        feed_type: feed.kind,
        user_count: membership.count(membersLabel(feed) ?? '') ?? 0,
        alias: feed.alias,
        audience: feed.audience,
        viewers_today: analytics.viewersToday(feed.alias),
      };
      return [shortAlias(feed.alias), view] as const;
    });
    return { feeds: Object.fromEntries(entries) };
  });
}
