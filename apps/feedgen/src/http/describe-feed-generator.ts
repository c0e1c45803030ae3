import type { HttpServer } from '@updraft/service';
import type { FeedgenContext } from './context.ts';

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
  app.get('/xrpc/app.bsky.feed.describeFeedGenerator', () => description);
}
