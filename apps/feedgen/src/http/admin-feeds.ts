import type { HttpServer } from '@updraft/service';
import { membersLabel } from '../feeds-file/feed.ts';
import { shortAlias } from '../feeds-file/schema.ts';
import { requireApiKey } from './admin-auth.ts';
import type { FeedgenContext } from './context.ts';

/** GET /api/admin/feeds: the feeds that the key is for, by the name without its prefix. */
export function adminFeeds(app: HttpServer, context: FeedgenContext): void {
  const { file, membership, viewerCounts } = context;
  app.get('/api/admin/feeds', (request) => {
    const key = requireApiKey(context, request);
    const feeds = [...file.feeds.values()].filter((feed) => key.feeds.includes(feed.alias));
    const entries = feeds.map((feed) => [
      shortAlias(feed.alias),
      {
        feed_type: feed.kind,
        user_count: membership.count(membersLabel(feed) ?? '') ?? 0,
        alias: feed.alias,
        audience: feed.audience,
        viewers_today: viewerCounts.today(feed.alias),
      },
    ]);
    return { feeds: Object.fromEntries(entries) as Record<string, object> };
  });
}
