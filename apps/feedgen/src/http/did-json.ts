import type { HttpServer } from '@updraft/service';
import type { FeedgenContext } from './context.ts';

/** GET /.well-known/did.json: where the AppView finds a did:web feed generator. Source: https://atproto.com/specs/did */
export function didJson(app: HttpServer, { service }: FeedgenContext): void {
  const document = {
    '@context': ['https://www.w3.org/ns/did/v1'],
    id: service.did,
    service: [{ id: '#bsky_fg', type: 'BskyFeedGenerator', serviceEndpoint: service.endpoint }],
  };
  app.get('/.well-known/did.json', () => document);
}
