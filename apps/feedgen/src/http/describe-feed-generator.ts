import type { HttpServer } from '@updraft/service';
import { z } from 'zod';
import type { FeedgenContext } from './context.ts';
import { feedUri } from './feed-names.ts';

const link = z.string().optional();
const feeds = z.array(z.object({ uri: z.string() }));
const links = z.object({ privacyPolicy: link, termsOfService: link }).optional();
const schema = { summary: 'The service and its feeds', response: { 200: z.object({ did: z.string(), feeds, links }) } };

/** GET app.bsky.feed.describeFeedGenerator: the service's DID, not the publisher's, and the feeds under the publisher's. */
export function describeFeedGenerator(app: HttpServer, { service, file }: FeedgenContext): void {
  const { privacyPolicy, termsOfService } = file.links;
  const shown = { ...(privacyPolicy && { privacyPolicy }), ...(termsOfService && { termsOfService }) };
  const description = {
    did: service.did,
    feeds: [...file.feeds.values()].map((feed) => ({
      uri: feedUri(feed, service),
    })),
    ...(Object.keys(shown).length > 0 && { links: shown }),
  };
  app.get('/xrpc/app.bsky.feed.describeFeedGenerator', { schema }, () => description);
}
