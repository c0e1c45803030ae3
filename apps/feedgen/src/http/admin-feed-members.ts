import { atMostOnce, callerKey, type HttpServer, onceOf, RateLimitExceededError, wholeNumber } from '@updraft/service';
import type { Member } from '@updraft/store';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { ADMIN_FEED_ERRORS, needsHost, needsHostToChange, requireFeedWithMembers } from './admin-auth.ts';
import type { FeedgenContext } from './context.ts';
import { createDidFinder } from './find-did.ts';

const listQuery = z.object({
  feedName: onceOf('feedName').min(1),
  page: number(1_000_000, 1),
  limit: number(500, 50),
  search: atMostOnce.max(256).default(''),
});
const changeQuery = z.object({
  feedName: onceOf('feedName').min(1),
  handle: onceOf('handle').min(1).max(2_048).describe('A handle or a DID'),
});
const memberView = z
  .object({ did: z.string(), handle: z.string(), displayName: z.string(), createdAt: z.iso.datetime() })
  .meta({ id: 'Member' });

/** From 1 on; an empty one counts as absent. */
function number(max: number, preset: number) {
  return wholeNumber({ min: 1, max, preset, pattern: /^\d{0,9}$/ });
}

/** Describes a route that lists a feed's members as `view`. */
function listing<T extends z.ZodType>(summary: string, view: T) {
  const schema = { ...needsHost, summary, querystring: listQuery, response: { 200: view } };
  return { schema, config: { errors: ADMIN_FEED_ERRORS } };
}

const pageView = z.object({ members: z.array(memberView), page: z.int(), totalPages: z.int(), totalCount: z.int() });
const list = listing("A feed's members, those who came last first", pageView);
const oldList = listing("A feed's members (older path)", z.object({ authors: z.array(memberView) }));

/** Routes that change a membership. */
const CHANGES = [
  { method: 'PUT', url: '/api/admin/feed_members', isMember: true, summary: 'Makes an account a member' },
  { method: 'DELETE', url: '/api/admin/feed_members', isMember: false, summary: 'Ends a membership' },
  { method: 'PUT', url: '/assign_user_to_feed', isMember: true, summary: 'Makes an account a member (older path)' },
  { method: 'PUT', url: '/unassign_user_from_feed', isMember: false, summary: 'Ends a membership (older path)' },
] as const;

/** /api/admin/feed_members: GET lists a feed's members, PUT adds one, DELETE removes one. The three older paths do the same. */
export function adminFeedMembers(app: HttpServer, context: FeedgenContext): void {
  const setMember = createMemberSetter(context);
  app.get('/api/admin/feed_members', list, async (request) => {
    const { page, limit } = request.query;
    const { members, totalCount } = await listMembers(context, request, request.query);
    return { members, page, totalPages: Math.ceil(totalCount / limit), totalCount };
  });
  app.get('/feed_members', oldList, async (request) => ({
    authors: (await listMembers(context, request, request.query)).members,
  }));
  const config = { errors: [...ADMIN_FEED_ERRORS, RateLimitExceededError] };
  const response = { 200: z.object({ message: z.string() }) };
  for (const { method, url, isMember, summary } of CHANGES) {
    const schema = { ...needsHostToChange, summary, querystring: changeQuery, response };
    app.route({ method, url, schema, config, handler: (request) => setMember(request, request.query, isMember) });
  }
}

async function listMembers(context: FeedgenContext, request: FastifyRequest, query: z.output<typeof listQuery>) {
  const { feedName, ...part } = query;
  const { label } = await requireFeedWithMembers(context, request, { feedName, right: 'moderate' });
  const { members, totalCount } = await context.membership.page({ label, ...part });
  return { members: members.map((member) => withHandle(context, member, callerKey(request.ip))), totalCount };
}

/** Where no event has told the handle yet, the DID document has it. It is looked up in the background, for the next time. */
function withHandle({ identity: { names, dids } }: FeedgenContext, member: Member, caller: string): Member {
  if (member.handle !== '') return member;
  names.want(member.did, caller);
  return { ...member, handle: dids.peek(member.did)?.handle ?? '' };
}

function createMemberSetter(context: FeedgenContext) {
  const findDid = createDidFinder(context.identity);
  return async (request: FastifyRequest, query: z.output<typeof changeQuery>, isMember: boolean) => {
    const asked = { feedName: query.feedName, right: 'host' } as const;
    const { feed, label, actor } = await requireFeedWithMembers(context, request, asked);
    const did = await findDid(request, query.handle, !isMember);
    const changedBy = actor.name;
    const actions = [{ kind: isMember ? ('give' as const) : ('remove' as const) }];
    const [changed] = await context.membership.change({ label, changedBy }, [{ did, actions }]);
    request.log.info({ feed: feed.alias, did, isMember, changedBy }, 'membership changed');
    return { message: `${did} ${describeChange(isMember, changed?.isLabelChanged === true)} ${feed.alias}` };
  };
}

function describeChange(isMember: boolean, isChanged: boolean): string {
  if (isMember) return isChanged ? 'is now a member of' : 'already was a member of';
  return isChanged ? 'is no longer a member of' : 'was not a member of';
}
