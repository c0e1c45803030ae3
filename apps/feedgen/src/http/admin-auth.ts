import { type Feed, feedByName, type MemberState, membersLabel, nameOf } from '@updraft/feeds';
import { AuthenticationRequiredError, ForbiddenError, NotEnoughResourcesError } from '@updraft/service';
import type { StoredApiKey } from '@updraft/store';
import type { FastifyRequest } from 'fastify';
import type { FeedgenContext } from './context.ts';
import { UnknownFeedError } from './errors.ts';

/** For the schema of a route that hosts read. */
export const needsHost = { security: [{ apiKey: [] }, { session: [] }] };
/** For one that changes something. */
export const needsHostToChange = { security: [{ apiKey: [] }, { session: [], csrfToken: [] }] };
/** Errors of such a route. */
export const HOST_ERRORS = [AuthenticationRequiredError, ForbiddenError];
/** Errors of such a route when it is about a feed. */
export const ADMIN_FEED_ERRORS = [...HOST_ERRORS, UnknownFeedError];

/** What a moderator may do with a feed: see its members, requests and hides, decide about requests, hide posts, ask why. A host may do everything. */
export type Right = 'moderate' | 'host';

/** Who asks, by an API key or by a session. */
export interface Actor {
  /** For the lists of changes. */
  readonly name: string;
  readonly did: string;
  /** By which limits know the actor. */
  readonly limitName: string;
  isHostOf(feedName: string): boolean;
  isModeratorOf(feedName: string): boolean;
}

/**
 * Who asks. A key counts before a session, for who sends one means it.
 * @throws AuthenticationRequiredError; ForbiddenError of a change without the session's token; NotEnoughResourcesError while that can't be known
 */
export async function whoActs(context: FeedgenContext, request: FastifyRequest): Promise<Actor> {
  const header = request.headers['x-api-key'];
  if (header !== undefined) return keyActor(requireApiKey(context, header));
  const signedIn = await context.signIn?.who(request);
  if (signedIn === undefined)
    throw new AuthenticationRequiredError('expected a session, or a valid API key in the header X-API-Key');
  const { did, roles } = signedIn;
  return {
    name: `${did} (console)`,
    did,
    limitName: did,
    isHostOf: (name) => roles.hostOf.includes(name),
    isModeratorOf: (name) => roles.moderatorOf.includes(name),
  };
}

function requireApiKey({ keys }: FeedgenContext, header: string | string[]): StoredApiKey {
  if (!keys.isLoaded()) throw new NotEnoughResourcesError('API keys can not be checked now, please try again');
  const key = typeof header === 'string' ? keys.check(header) : undefined;
  if (key === undefined) throw new AuthenticationRequiredError('expected a valid API key in the header X-API-Key');
  return key;
}

function keyActor({ actorDid, keyId, feeds }: StoredApiKey): Actor {
  return {
    name: `${actorDid} (API key ${keyId})`,
    did: actorDid,
    limitName: keyId,
    isHostOf: (name) => feeds.includes(name),
    isModeratorOf: () => false,
  };
}

export interface ActedFeed {
  readonly feed: Feed;
  readonly actor: Actor;
}

/**
 * The feed of any kind, as `find` finds it, that a request is about.
 * @throws UnknownFeedError; ForbiddenError without that right; and as whoActs() does
 */
export async function requireFeed(
  context: FeedgenContext,
  request: FastifyRequest,
  asked: { readonly feedName: string; readonly right: Right; readonly find?: typeof feedByName },
): Promise<ActedFeed> {
  const actor = await whoActs(context, request);
  const feed = (asked.find ?? feedByName)(context.file.feeds, asked.feedName);
  if (feed === undefined) throw new UnknownFeedError('there is no feed of that name');
  requireRight(actor, feed, asked.right);
  return { feed, actor };
}

/** Likewise, a feed with members. */
export async function requireFeedWithMembers(
  context: FeedgenContext,
  request: FastifyRequest,
  asked: { readonly feedName: string; readonly right: Right },
): Promise<ActedFeed & { readonly label: string }> {
  const actor = await whoActs(context, request);
  const feed = feedByName(context.file.feeds, asked.feedName);
  const label = feed === undefined ? undefined : membersLabel(feed);
  if (feed === undefined || label === undefined)
    throw new UnknownFeedError('there is no feed with members of that name');
  requireRight(actor, feed, asked.right);
  return { feed, label, actor };
}

function requireRight(actor: Actor, feed: Feed, right: Right): void {
  const name = nameOf(feed);
  if (actor.isHostOf(name)) return;
  if (!actor.isModeratorOf(name)) throw new ForbiddenError(`you are no host of ${name}, and this key is not for it`);
  if (right === 'host') throw new ForbiddenError(`you are a moderator of ${name}: this is for its hosts`);
}

/** What a moderator may decide, and about accounts in which states. Whoever is a member, or was, is the hosts' affair. */
export const MODERATOR_ACTIONS: ReadonlyMap<string, readonly MemberState[] | undefined> = new Map([
  ['approve', ['pending']],
  ['reject', ['pending']],
  ['note', undefined],
]);
