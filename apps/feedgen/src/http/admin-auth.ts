import { XrpcError } from '@updraft/service';
import type { StoredApiKey } from '@updraft/store';
import type { FastifyRequest } from 'fastify';
import { type Feed, feedByName, membersLabel } from '../feeds-file/feed.ts';
import type { FeedgenContext } from './context.ts';

/** The API key of a request. @throws XrpcError 401 without a good one, 503 while keys can't be checked */
export function requireApiKey({ keys }: FeedgenContext, request: FastifyRequest): StoredApiKey {
  if (!keys.isLoaded())
    throw new XrpcError(503, 'NotEnoughResources', 'API keys can not be checked just now, please try again');
  const header = request.headers['x-api-key'];
  const key = typeof header === 'string' ? keys.check(header) : undefined;
  if (key === undefined)
    throw new XrpcError(401, 'AuthenticationRequired', 'expected a good API key in the header X-API-Key');
  return key;
}

export interface AdminFeed {
  readonly feed: Feed;
  readonly label: string;
  readonly key: StoredApiKey;
}

/** The feed that an admin's request is about. @throws XrpcError 400 when there is no such, 403 when the key is not for it */
export function requireAdminFeed(context: FeedgenContext, request: FastifyRequest, feedName: string): AdminFeed {
  const key = requireApiKey(context, request);
  const feed = feedByName(context.file.feeds, feedName);
  const label = feed === undefined ? undefined : membersLabel(feed);
  if (feed === undefined || label === undefined)
    throw new XrpcError(400, 'UnknownFeed', 'there is no feed of that name with members');
  if (!key.feeds.includes(feed.alias)) throw new XrpcError(403, 'Forbidden', `this API key is not for ${feed.alias}`);
  return { feed, label, key };
}
