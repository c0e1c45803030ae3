import { HOST_ACTIONS, MEMBER_STATES, membersLabel } from '@updraft/feeds';
import { atMostOnce, callerKey, type HttpServer, onceOf, RateLimitExceededError, wholeNumber } from '@updraft/service';
import { z } from 'zod';
import { ADMIN_FEED_ERRORS, nameOfKey, needsApiKey, requireAdminFeed, requireFeedOfKey } from './admin-auth.ts';
import type { FeedgenContext } from './context.ts';
import { createDidFinder } from './find-did.ts';

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
    changedAt: z.iso.datetime(),
  })
  .meta({ id: 'MemberRequest' });

const list = {
  schema: {
    ...needsApiKey,
    summary: "Accounts in a state towards a feed's members, those that changed last first",
    querystring: z.object({ feedName, state: state.default('pending'), ...pageFields }),
    response: {
      200: z.object({ requests: z.array(requestView), page: z.int(), totalPages: z.int(), totalCount: z.int() }),
    },
  },
  config: { errors: ADMIN_FEED_ERRORS },
};

const decide = {
  schema: {
    ...needsApiKey,
    summary: 'Decides about an account, or notes something about it',
    querystring: z.object({
      feedName,
      handle: onceOf('handle').min(1).max(2_048).describe('A handle or a DID'),
      action: z.enum([...HOST_ACTIONS, 'leave']),
      note: atMostOnce.max(1_000).optional(),
    }),
    response: { 200: z.object({ did: z.string(), state, note: z.string() }) },
  },
  config: { errors: [...ADMIN_FEED_ERRORS, RateLimitExceededError] },
};

const auditLog = {
  schema: {
    ...needsApiKey,
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
            changedBy: z.string(),
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
  const findDid = createDidFinder(identity);
  app.get('/api/admin/member_requests', list, async (request) => {
    const { feedName: name, page, limit } = request.query;
    const { label } = requireAdminFeed(context, request, name);
    const { requests, totalCount } = await membership.requests({ label, state: request.query.state, page, limit });
    const views = requests.map((row) => {
      if (row.handle === '') identity.names.want(row.did, callerKey(request.ip));
      return { ...row, state: request.query.state, changedAt: new Date(row.changedAt).toISOString() };
    });
    return { requests: views, page, totalPages: Math.ceil(totalCount / limit), totalCount };
  });
  app.put('/api/admin/member_requests', decide, async (request) => {
    const { feedName: name, handle, action, note } = request.query;
    const { feed, label, key } = requireAdminFeed(context, request, name);
    const did = await findDid(request, handle, action !== 'give' && action !== 'approve');
    const changedBy = nameOfKey(key);
    const [changed] = await membership.change({ label, changedBy }, [{ did, actions: [{ kind: action, note }] }]);
    request.log.info({ feed: feed.alias, did, action, changedBy }, 'a host decided about a member');
    return { did, state: changed?.after.state ?? 'ended', note: changed?.after.note ?? '' };
  });
  app.get('/api/admin/audit_log', auditLog, async (request) => {
    const { feedName: name, subject, page, limit } = request.query;
    const { feed } = requireFeedOfKey(context, request, name);
    const entries = await membership.auditLog({
      feed: feed.alias,
      label: membersLabel(feed) ?? '',
      subject,
      page,
      limit,
    });
    return { entries: entries.map((entry) => ({ ...entry, at: new Date(entry.at).toISOString() })), page };
  });
}
