import { type Feed, feedByName, membersLabel, nameOf } from '@updraft/feeds';
import { AuthenticationRequiredError, ForbiddenError, NotEnoughResourcesError } from '@updraft/service';
import type { StoredApiKey } from '@updraft/store';
import type { FastifyRequest } from 'fastify';
import type { FeedgenContext } from './context.ts';
import { UnknownFeedError } from './errors.ts';

/** For the schema of a route that needs an API key. */
export const needsApiKey = { security: [{ apiKey: [] }] };
/** Errors of such a route when it is about a feed. */
export const ADMIN_FEED_ERRORS = [AuthenticationRequiredError, ForbiddenError, UnknownFeedError];

/** The API key of a request. @throws AuthenticationRequiredError; NotEnoughResourcesError while keys can't be checked */
export function requireApiKey({ keys }: FeedgenContext, request: FastifyRequest): StoredApiKey {
  if (!keys.isLoaded()) throw new NotEnoughResourcesError('API keys can not be checked now, please try again');
  const header = request.headers['x-api-key'];
  const key = typeof header === 'string' ? keys.check(header) : undefined;
  if (key === undefined) throw new AuthenticationRequiredError('expected a valid API key in the header X-API-Key');
  return key;
}

export interface AdminFeed {
  readonly feed: Feed;
  readonly label: string;
  readonly key: StoredApiKey;
}

/** The feed that an admin's request is about. @throws UnknownFeedError, ForbiddenError, and as requireApiKey() does */
export function requireAdminFeed(context: FeedgenContext, request: FastifyRequest, feedName: string): AdminFeed {
  const key = requireApiKey(context, request);
  const feed = feedByName(context.file.feeds, feedName);
  const label = feed === undefined ? undefined : membersLabel(feed);
  if (feed === undefined || label === undefined)
    throw new UnknownFeedError('there is no feed with members of that name');
  requireFeedOf(key, feed);
  return { feed, label, key };
}

/** The feed of any kind, as `find` finds it, that an admin's request is about. @throws as requireAdminFeed() does */
export function requireFeedOfKey(
  context: FeedgenContext,
  request: FastifyRequest,
  feedName: string,
  find = feedByName,
): Omit<AdminFeed, 'label'> {
  const key = requireApiKey(context, request);
  const feed = find(context.file.feeds, feedName);
  if (feed === undefined) throw new UnknownFeedError('there is no feed of that name');
  requireFeedOf(key, feed);
  return { feed, key };
}

function requireFeedOf(key: StoredApiKey, feed: Feed): void {
  const name = nameOf(feed);
  if (!key.feeds.includes(name)) throw new ForbiddenError(`this API key is not for ${name}`);
}

/** Who makes a change by this key, for the lists of changes. */
export function nameOfKey({ actorDid, keyId }: StoredApiKey): string {
  return `${actorDid} (API key ${keyId})`;
}
