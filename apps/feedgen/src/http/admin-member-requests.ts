import { type ChangedMember, HOST_ACTIONS, MEMBER_STATES, type MemberState, membersLabel } from '@updraft/feeds';
import {
  atMostOnce,
  ConflictError,
  callerKey,
  ForbiddenError,
  type HttpServer,
  onceOf,
  RateLimitExceededError,
  wholeNumber,
} from '@updraft/service';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import {
  ADMIN_FEED_ERRORS,
  MODERATOR_ACTIONS,
  needsHost,
  needsHostToChange,
  requireFeed,
  requireFeedWithMembers,
} from './admin-auth.ts';
import type { FeedgenContext } from './context.ts';
import { createDidFinder } from './find-did.ts';
import { readHandlesIn } from './named-accounts.ts';

const pageFields = {
  page: wholeNumber({ min: 1, max: 1_000_000, preset: 1, pattern: /^\d{0,9}$/ }),
  limit: wholeNumber({ min: 1, max: 100, preset: 50, pattern: /^\d{0,9}$/ }),
};
const feedName = onceOf('feedName').min(1);
const state = z.enum(MEMBER_STATES);

const requestView = z
  .object({
    did: z.string(),
    handle: z.string(),
    state,
    source: z.string(),
    evidence: z.string(),
    note: z.string(),
    changedBy: z.string(),
    changedByHandle: z.string().describe('Empty where it is not known'),
    changedAt: z.iso.datetime(),
  })
  .meta({ id: 'MemberRequest' });

const list = {
  schema: {
    ...needsHost,
    summary: "Accounts in a state towards a feed's members, those that changed last first",
    querystring: z.object({ feedName, state: state.default('pending'), ...pageFields }),
    response: {
      200: z.object({ requests: z.array(requestView), page: z.int(), totalPages: z.int(), totalCount: z.int() }),
    },
  },
  config: { errors: ADMIN_FEED_ERRORS },
};

const decision = z.object({
  feedName,
  handle: onceOf('handle').min(1).max(2_048).describe('A handle or a DID'),
  action: z.enum([...HOST_ACTIONS, 'leave']),
  note: atMostOnce.max(1_000).optional(),
  expect: state
    .optional()
    .describe('The state in which the account was seen: in another one nothing changes, and the answer is 409'),
});
const decide = {
  schema: {
    ...needsHostToChange,
    summary: 'Decides about an account, or notes something about it',
    querystring: decision,
    response: { 200: z.object({ did: z.string(), state, note: z.string() }) },
  },
  config: { errors: [...ADMIN_FEED_ERRORS, ConflictError, RateLimitExceededError] },
};

const auditLog = {
  schema: {
    ...needsHost,
    summary: 'What was done to a feed and its members, by whom and why, the last first',
    querystring: z.object({ feedName, subject: atMostOnce.max(2_048).default(''), ...pageFields }),
    response: {
      200: z.object({
        entries: z.array(
          z.object({
            at: z.iso.datetime(),
            feed: z.string().describe("A feed's name, or the label of its members"),
            action: z.string(),
            subject: z.string(),
            subjectHandle: z.string().describe('Of the account, or of who wrote the post; empty where it is not known'),
            changedBy: z.string(),
            changedByHandle: z.string(),
            note: z.string(),
          }),
        ),
        page: z.int(),
      }),
    },
  },
  config: { errors: ADMIN_FEED_ERRORS },
};

/** /api/admin/member_requests: GET lists the queue, PUT decides; GET /api/admin/audit_log: what was done. */
export function adminMemberRequests(app: HttpServer, context: FeedgenContext): void {
  const { membership, identity } = context;
  const decideAbout = createDecider(context);
  app.get('/api/admin/member_requests', list, async (request) => {
    const { feedName: name, page, limit } = request.query;
    const { label } = await requireFeedWithMembers(context, request, { feedName: name, right: 'moderate' });
    const { requests, totalCount } = await membership.requests({ label, state: request.query.state, page, limit });
    const handleOf = await readHandlesIn(
      identity,
      requests.map((row) => row.changedBy),
    );
    const views = requests.map((row) => {
      if (row.handle === '') identity.names.want(row.did, callerKey(request.ip));
      const changed = { changedByHandle: handleOf(row.changedBy), changedAt: new Date(row.changedAt).toISOString() };
      return { ...row, state: request.query.state, ...changed };
    });
    return { requests: views, page, totalPages: Math.ceil(totalCount / limit), totalCount };
  });
  app.put('/api/admin/member_requests', decide, (request) => decideAbout(request, request.query));
  app.get('/api/admin/audit_log', auditLog, async (request) => {
    const { feedName: name, subject, page, limit } = request.query;
    const { feed } = await requireFeed(context, request, { feedName: name, right: 'moderate' });
    const label = membersLabel(feed) ?? '';
    const entries = await membership.auditLog({ feed: feed.alias, label, subject, page, limit });
    const handleOf = await readHandlesIn(
      identity,
      entries.flatMap((entry) => [entry.subject, entry.changedBy]),
    );
    const named = entries.map((entry) => {
      const handles = { subjectHandle: handleOf(entry.subject), changedByHandle: handleOf(entry.changedBy) };
      return { ...entry, ...handles, at: new Date(entry.at).toISOString() };
    });
    return { entries: named, page };
  });
}

function createDecider(context: FeedgenContext) {
  const findDid = createDidFinder(context.identity);
  return async (request: FastifyRequest, query: z.output<typeof decision>) => {
    const { handle, action, note } = query;
    const asked = { feedName: query.feedName, right: 'moderate' } as const;
    const { feed, label, actor } = await requireFeedWithMembers(context, request, asked);
    const expect = actor.isHostOf(feed.alias) ? query.expect && [query.expect] : statesFor(query);
    const did = await findDid(request, handle, action !== 'give' && action !== 'approve');
    const change = { did, actions: [{ kind: action, note }], expect };
    const [changed] = await context.membership.change({ label, changedBy: actor.name }, [change]);
    if (changed?.conflict !== undefined) throw conflictError(changed);
    request.log.info({ feed: feed.alias, did, action, changedBy: actor.name }, 'a host decided about a member');
    return { did, state: changed?.after.state ?? 'ended', note: changed?.after.note ?? '' };
  };
}

/** In which states a moderator may decide so. @throws ForbiddenError */
function statesFor({ action, expect }: z.output<typeof decision>): readonly MemberState[] | undefined {
  if (!MODERATOR_ACTIONS.has(action)) throw new ForbiddenError(`action: ${action} is for hosts of the feed`);
  const states = MODERATOR_ACTIONS.get(action);
  if (expect === undefined) return states;
  if (states?.includes(expect) === false)
    throw new ForbiddenError(`action: moderators decide about accounts that wait; this one was ${expect}`);
  return [expect];
}

function conflictError({ did, before, conflict }: ChangedMember): ConflictError {
  const by = conflict?.changedBy === '' || conflict === undefined ? '' : `, by ${conflict.changedBy}`;
  const at =
    conflict === undefined || conflict.atMicros === 0 ? '' : ` at ${new Date(conflict.atMicros / 1000).toISOString()}`;
  return new ConflictError(`${did} is ${before.state} by now${by}${at}: nothing was changed`);
}
