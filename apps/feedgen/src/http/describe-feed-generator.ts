import type { HttpServer } from '@updraft/service';
import { z } from 'zod';
import type { FeedgenContext } from './context.ts';

const response = {
  200: z.object({
    did: z.string(),
    feeds: z.array(z.object({ uri: z.string() })),
    links: z.object({ privacyPolicy: z.string().optional(), termsOfService: z.string().optional() }).optional(),
  }),
};

/** GET app.bsky.feed.describeFeedGenerator: the service's DID, not the publisher's, and the feeds under the publisher's. */
export function describeFeedGenerator(app: HttpServer, { service, file }: FeedgenContext): void {
  const { privacyPolicy, termsOfService } = file.links;
  const links = { ...(privacyPolicy && { privacyPolicy }), ...(termsOfService && { termsOfService }) };
  const description = {
    did: service.did,
    feeds: [...file.feeds.keys()].map((alias) => ({
      uri: `at://${service.actorDid}/app.bsky.feed.generator/${alias}`,
    })),
    ...(Object.keys(links).length > 0 && { links }),
  };
  app.get(
    '/xrpc/app.bsky.feed.describeFeedGenerator',
    { schema: { summary: 'The service and its feeds', response } },
    () => description,
  );
}
