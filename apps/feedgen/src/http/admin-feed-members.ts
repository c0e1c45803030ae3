import { readAccountName } from '@updraft/atproto';
import {
  callerKey,
  type HttpServer,
  InvalidRequestError,
  onceOf,
  RateLimitExceededError,
  wholeNumber,
} from '@updraft/service';
import type { Member } from '@updraft/store';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { ADMIN_FEED_ERRORS, needsApiKey, requireAdminFeed } from './admin-auth.ts';
import type { FeedgenContext } from './context.ts';

const listQuery = z.object({
  feedName: onceOf('feedName').min(1),
  page: number(1_000_000, 1),
  limit: number(100, 50),
  search: z.string({ error: 'expected once' }).max(256).default(''),
});
const changeQuery = z.object({
  feedName: onceOf('feedName').min(1),
  handle: onceOf('handle').min(1).max(2_048).describe('A handle or a DID'),
});
const memberView = z
  .object({ did: z.string(), handle: z.string(), displayName: z.string(), createdAt: z.iso.datetime() })
  .meta({ id: 'Member' });

/** From 1 on; one that is empty says nothing. */
function number(max: number, preset: number) {
  return wholeNumber({ min: 1, max, preset, pattern: /^\d{0,9}$/ });
}

/** What is said of a route that lists a feed's members as `view` does. */
function listing<T extends z.ZodType>(summary: string, view: T) {
  const schema = { ...needsApiKey, summary, querystring: listQuery, response: { 200: view } };
  return { schema, config: { errors: ADMIN_FEED_ERRORS } };
}

function change(summary: string) {
  const response = { 200: z.object({ message: z.string() }) };
  const config = { errors: [...ADMIN_FEED_ERRORS, RateLimitExceededError] };
  return { schema: { ...needsApiKey, summary, querystring: changeQuery, response }, config };
}

const pageView = z.object({ members: z.array(memberView), page: z.int(), totalPages: z.int(), totalCount: z.int() });
const list = listing("A feed's members, those who came last first", pageView);
const oldList = listing("A feed's members (older path)", z.object({ authors: z.array(memberView) }));

/** /api/admin/feed_members: GET lists a feed's members, PUT adds one, DELETE removes one. The three older paths do the same. */
export function adminFeedMembers(app: HttpServer, context: FeedgenContext): void {
  app.get('/api/admin/feed_members', list, async (request) => {
    const { page, limit } = request.query;
    const { members, totalCount } = await listMembers(context, request, request.query);
    return { members, page, totalPages: Math.ceil(totalCount / limit), totalCount };
  });
  app.get('/feed_members', oldList, async (request) => ({
    authors: (await listMembers(context, request, request.query)).members,
  }));
  const [add, remove] = ['Makes an account a member', 'Ends a membership'];
  app.put('/api/admin/feed_members', change(add), (request) => setMember(context, request, request.query, true));
  app.delete('/api/admin/feed_members', change(remove), (request) => setMember(context, request, request.query, false));
  app.put('/assign_user_to_feed', change(`${add} (older path)`), (request) =>
    setMember(context, request, request.query, true),
  );
  app.put('/unassign_user_from_feed', change(`${remove} (older path)`), (request) =>
    setMember(context, request, request.query, false),
  );
}

async function listMembers(context: FeedgenContext, request: FastifyRequest, query: z.output<typeof listQuery>) {
  const { label } = requireAdminFeed(context, request, query.feedName);
  const { members, totalCount } = await context.members.page({
    label,
    search: query.search,
    page: query.page,
    limit: query.limit,
  });
  return { members: members.map((member) => withHandle(context, member, callerKey(request.ip))), totalCount };
}

/** A handle that no event has told yet comes from the DID document, looked up in the background for the next time. */
function withHandle({ names, dids }: FeedgenContext, member: Member, caller: string): Member {
  if (member.handle !== '') return member;
  names.want(member.did, caller);
  return { ...member, handle: dids.peek(member.did)?.handle ?? '' };
}

async function setMember(
  context: FeedgenContext,
  request: FastifyRequest,
  query: z.output<typeof changeQuery>,
  isMember: boolean,
) {
  const { feed, label, key } = requireAdminFeed(context, request, query.feedName);
  const did = await requireDid(context, request, query.handle, isMember);
  const changedBy = `${key.actorDid} (API key ${key.keyId})`;
  const isChanged = await context.members.change({ label, did, isMember, changedBy, atMicros: context.now() * 1000 });
  await context.membership.announce(label, did, isMember);
  request.log.info({ feed: feed.alias, did, isMember, changedBy }, 'membership changed');
  return { message: `${did} ${describeChange(isMember, isChanged)} ${feed.alias}` };
}

function describeChange(isMember: boolean, isChanged: boolean): string {
  if (isMember) return isChanged ? 'is now a member of' : 'was a member already of';
  return isChanged ? 'is no longer a member of' : 'was no member of';
}

/** The DID of a handle or DID. A handle that leads nowhere any more still names the member whom we know by it. */
async function requireDid(
  context: FeedgenContext,
  request: FastifyRequest,
  text: string,
  isMember: boolean,
): Promise<string> {
  const name = readAccountName(text);
  if (name === undefined) throw new InvalidRequestError('handle: expected a handle or a DID');
  if (name.handle === undefined) return name.did;
  if (!context.handleLimit.take(callerKey(request.ip)))
    throw new RateLimitExceededError('too many handles asked for, please wait');
  const resolved = await context.handles.resolve(name.handle, callerKey(request.ip));
  const did = resolved ?? (isMember ? undefined : await context.members.didOfHandle(name.handle));
  if (did !== undefined) return did;
  throw new InvalidRequestError('the handle does not resolve to an account, in both directions; the DID will do too');
}
