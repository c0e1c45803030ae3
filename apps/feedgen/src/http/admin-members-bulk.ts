import { bulkMembersAnswer, bulkMembersRequest } from '@updraft/console-api/views';
import type { ChangedMember } from '@updraft/feeds';
import { createTurns, type HttpServer, NotEnoughResourcesError, RateLimitExceededError } from '@updraft/service';
import { type Resolved, resolveMany } from '../members/resolve-many.ts';
import { ADMIN_FEED_ERRORS, needsHostToChange, requireFeedWithMembers } from './admin-auth.ts';
import type { FeedgenContext } from './context.ts';

const schema = {
  ...needsHostToChange,
  summary: 'Makes many accounts members, each with its outcome; may be repeated',
  body: bulkMembersRequest,
  response: { 200: bulkMembersAnswer },
};
const config = { errors: [...ADMIN_FEED_ERRORS, RateLimitExceededError, NotEnoughResourcesError] };
/** Proxies commonly wait for a minute. */
const HANDLER_TIMEOUT_MS = 55_000;
const RESOLVING_MS = 45_000;

/** POST /api/admin/feed_members/bulk: lines that name no account don't keep the others, and one write takes all. */
export function adminMembersBulk(app: HttpServer, context: FeedgenContext): void {
  const turns = createTurns({ atOnce: 2, perCaller: 1, what: 'lists of members', retryAfterS: 10 });
  const options = { schema, config, handlerTimeout: HANDLER_TIMEOUT_MS };
  app.post('/api/admin/feed_members/bulk', options, async (request) => {
    const { feedName, accounts } = request.body;
    const { feed, label, actor } = await requireFeedWithMembers(context, request, { feedName, right: 'host' });
    return turns.run(actor.limitName, async () => {
      const caller = `bulk ${actor.limitName}`;
      const resolved = await resolveMany(context.identity, accounts, { caller, deadlineMs: RESOLVING_MS });
      const dids = new Set(resolved.flatMap((line) => (line.kind === 'found' ? line.did : [])));
      const changes = [...dids].map((did) => ({ did, actions: [{ kind: 'give' as const }] }));
      const changed = await context.membership.change({ label, changedBy: actor.name }, changes);
      const added = changed.filter(({ isLabelChanged }) => isLabelChanged).length;
      request.log.info({ feed: feed.alias, added, changedBy: actor.name }, 'a list of members was added');
      return { results: outcomes(accounts, resolved, changed) };
    });
  });
}

/** A line that names an account again finds it there already. */
function outcomes(accounts: readonly string[], resolved: readonly Resolved[], changed: readonly ChangedMember[]) {
  const isNew = new Set(changed.filter(({ isLabelChanged }) => isLabelChanged).map(({ did }) => did));
  return accounts.map((account, index) => {
    const line = resolved[index];
    if (line?.kind !== 'found') return { account, outcome: line?.kind ?? ('malformed' as const) };
    const { did } = line;
    return { account, did, outcome: isNew.delete(did) ? ('added' as const) : ('already' as const) };
  });
}
