import { readAccountName } from '@updraft/atproto';
import { callerKey, type HttpServer, XrpcError } from '@updraft/service';
import type { Member } from '@updraft/store';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { requireAdminFeed } from './admin-auth.ts';
import type { FeedgenContext } from './context.ts';

const number = (min: number, max: number, preset: number) =>
  z
    .string()
    .regex(/^\d{0,9}$/, { error: `expected a whole number from ${min} to ${max}` })
    .transform((text) => (text === '' ? preset : Number(text)))
    .refine((value) => value >= min && value <= max, { error: `expected a whole number from ${min} to ${max}` })
    .default(preset);

const feedName = z.string({ error: 'the parameter feedName is needed, once' }).min(1);
const listQuery = z.object({
  feedName,
  page: number(1, 1_000_000, 1),
  limit: number(1, 100, 50),
  search: z.string({ error: 'expected once' }).max(256).default(''),
});
const changeQuery = z.object({
  feedName,
  handle: z.string({ error: 'the parameter handle is needed, once' }).min(1).max(2_048),
});

/** /api/admin/feed_members: GET lists a feed's members, PUT adds one, DELETE removes one. The three older paths do the same. */
export function adminFeedMembers(app: HttpServer, context: FeedgenContext): void {
  const list = { schema: { querystring: listQuery } };
  const change = { schema: { querystring: changeQuery } };
  app.get('/api/admin/feed_members', list, async (request) => {
    const { page, limit } = request.query;
    const { members, totalCount } = await listMembers(context, request, request.query);
    return { members, page, totalPages: Math.ceil(totalCount / limit), totalCount };
  });
  app.put('/api/admin/feed_members', change, (request) => setMember(context, request, request.query, true));
  app.delete('/api/admin/feed_members', change, (request) => setMember(context, request, request.query, false));
  app.get('/feed_members', list, async (request) => ({
    authors: (await listMembers(context, request, request.query)).members,
  }));
  app.put('/assign_user_to_feed', change, (request) => setMember(context, request, request.query, true));
  app.put('/unassign_user_from_feed', change, (request) => setMember(context, request, request.query, false));
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
  if (name === undefined) throw new XrpcError(400, 'InvalidRequest', 'handle: expected a handle or a DID');
  if (name.handle === undefined) return name.did;
  if (!context.handleLimit.take(callerKey(request.ip)))
    throw new XrpcError(429, 'RateLimitExceeded', 'too many handles asked for, please wait');
  const resolved = await context.handles.resolve(name.handle, callerKey(request.ip));
  const did = resolved ?? (isMember ? undefined : await context.members.didOfHandle(name.handle));
  if (did !== undefined) return did;
  throw new XrpcError(
    400,
    'InvalidRequest',
    'the handle does not resolve to an account, in both directions; the DID will do too',
  );
}
