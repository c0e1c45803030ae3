import type { HttpServer } from '@updraft/service';
import { z } from 'zod';
import type { FeedgenContext } from './context.ts';

const response = {
  200: z.object({
    '@context': z.array(z.string()),
    id: z.string(),
    service: z.array(z.object({ id: z.string(), type: z.string(), serviceEndpoint: z.string() })),
  }),
};

/** GET /.well-known/did.json: where the AppView finds a did:web feed generator. Source: https://atproto.com/specs/did */
export function didJson(app: HttpServer, { service }: FeedgenContext): void {
  const document = {
    '@context': ['https://www.w3.org/ns/did/v1'],
    id: service.did,
    service: [{ id: '#bsky_fg', type: 'BskyFeedGenerator', serviceEndpoint: service.endpoint }],
  };
  app.get('/.well-known/did.json', { schema: { summary: "The service's DID document", response } }, () => document);
}
