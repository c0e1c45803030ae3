import { type HttpServer, NotFoundError } from '@updraft/service';
import { z } from 'zod';
import { KEYS_PATH, METADATA_PATH } from '../oauth/client-metadata.ts';
import type { SignInContext } from './context.ts';

const answer = { response: { 200: z.record(z.string(), z.unknown()) } };
const config = { errors: [NotFoundError] };
const metadata = { schema: { summary: 'What accounts’ servers read of this OAuth client', ...answer }, config };
const keys = { schema: { summary: 'The public keys of this OAuth client', ...answer }, config };

/** GET /oauth/client-metadata.json and /oauth/jwks.json */
export function clientDocuments(app: HttpServer, { identity, publicKeys }: SignInContext): void {
  app.get(METADATA_PATH, metadata, (_request, reply) => {
    if (identity?.isPublished !== true) throw new NotFoundError('this client has no PUBLIC_ORIGIN with https');
    reply.header('cache-control', 'public, max-age=300');
    return { ...identity.metadata };
  });
  app.get(KEYS_PATH, keys, (_request, reply) => {
    if (publicKeys.length === 0) throw new NotFoundError('this client has no keys');
    reply.header('cache-control', 'public, max-age=300');
    return { keys: publicKeys };
  });
}
