import { isHandle, readAccountName, withoutInvisible } from '@updraft/atproto';
import { accountSuggestions } from '@updraft/console-api/views';
import { membersLabel } from '@updraft/feeds';
import {
  createRateLimit,
  ForbiddenError,
  type HttpServer,
  LimitError,
  onceOf,
  RateLimitExceededError,
} from '@updraft/service';
import { z } from 'zod';
import { within } from '../within.ts';
import { type Actor, HOST_ERRORS, needsHost, whoActs } from './admin-auth.ts';
import type { FeedgenContext } from './context.ts';

const schema = {
  ...needsHost,
  summary: "Accounts whose handle begins so: the account of just this handle, those that the host's feeds know, others",
  querystring: z.object({ q: onceOf('q').max(256).describe('The beginning of a handle, or a DID') }),
  response: { 200: accountSuggestions },
};
const config = { errors: [...HOST_ERRORS, RateLimitExceededError] };

const MAX_SUGGESTIONS = 8;
/** Somebody is typing. */
const RESOLVE_WAIT_MS = 1_500;

/**
 * GET /api/admin/account_suggestions: for who adds members. First the account of just this handle, with the usual ending or without; by the
 * beginning of their handle, accounts that have to do with the host's feeds; then all others.
 */
export function adminAccountSuggestions(app: HttpServer, context: FeedgenContext): void {
  const limit = createRateLimit({ burst: 30, perSecond: 5 });
  app.get('/api/admin/account_suggestions', { schema, config }, async (request) => {
    const actor = await whoActs(context, request);
    const labels = labelsOf(context, actor);
    if (labels.length === 0) throw new ForbiddenError('this is for hosts of feeds with members');
    if (!limit.take(actor.limitName)) throw new RateLimitExceededError('too many suggestions asked for, please wait');
    const text = withoutInvisible(request.query.q).normalize('NFKC').trim().replace(/^@/, '').toLowerCase();
    if (text === '') return { accounts: [] };
    const [exact, known, others] = await Promise.all([
      exactly(context, text, actor),
      knownBeginningWith(context, text, labels),
      context.identity.beginningWith(text, MAX_SUGGESTIONS),
    ]);
    const found = [...exact.keys(), ...known, ...others.map(({ did }) => did)];
    const dids = [...new Set(found)].slice(0, MAX_SUGGESTIONS);
    const names = await context.identity.namesOf(dids);
    return {
      accounts: dids.map((did) => {
        const { handle = '', displayName = '' } = names.get(did) ?? {};
        return { did, handle: handle === '' ? (exact.get(did) ?? '') : handle, displayName };
      }),
    };
  });
}

function labelsOf({ file }: FeedgenContext, actor: Actor): string[] {
  const hosted = [...file.feeds.values()].filter(({ alias }) => actor.isHostOf(alias));
  return [...new Set(hosted.map(membersLabel).filter((label) => label !== undefined))];
}

const USUAL_ENDING = '.bsky.social';

/** The account of this handle, with the handle: as the index has it, else as the network does. */
async function exactly({ identity }: FeedgenContext, text: string, actor: Actor): Promise<Map<string, string>> {
  const name = readAccountName(text);
  if (name?.did !== undefined) return new Map([[name.did, '']]);
  const handles = [text, `${text}${USUAL_ENDING}`].filter((handle) => isHandle(handle));
  const found = new Map<string, string>();
  for (const handle of handles) {
    const did = await identity.storedDidOf(handle);
    if (did !== undefined) found.set(did, handle);
  }
  if (found.size > 0 || name === undefined) return found;
  const resolving = identity.handles.resolve(name.handle, `suggestions ${actor.limitName}`).catch(noneWhenBusy);
  const resolved = await within(RESOLVE_WAIT_MS, resolving);
  return resolved === undefined ? found : found.set(resolved, name.handle);
}

function noneWhenBusy(error: unknown): undefined {
  if (!(error instanceof LimitError)) throw error;
}

/** By handle, of the accounts that the feeds' hosts have to do with. */
async function knownBeginningWith({ membership }: FeedgenContext, text: string, labels: readonly string[]) {
  const found = new Map<string, string>();
  for (const label of labels)
    for (const [did, { handle }] of await membership.names.of(label))
      if (handle.startsWith(text)) found.set(did, handle);
  const byHandle = [...found].toSorted(([, a], [, b]) => (a < b ? -1 : 1));
  return byHandle.slice(0, MAX_SUGGESTIONS).map(([did]) => did);
}
