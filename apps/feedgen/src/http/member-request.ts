import { ASKED, type MemberAction, membersLabel } from '@updraft/feeds';
import {
  callerKey,
  createRateLimit,
  ForbiddenError,
  type HttpServer,
  InvalidRequestError,
  onceOf,
  RateLimitExceededError,
} from '@updraft/service';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { SignInRequiredError, VIEWER_ERRORS } from '../viewer/viewer-errors.ts';
import type { FeedgenContext } from './context.ts';
import { UnknownFeedError } from './errors.ts';
import { createFeedFinder } from './feed-of-uri.ts';

const PATH = '/api/members/request';

const querystring = z.object({ feed: onceOf('feed').describe("The at-uri of the feed's record") });
const response = { 200: z.object({ state: z.enum(['pending', 'approved', 'rejected', 'left']) }) };
const security = [{ viewer: [] }];
const errors = [UnknownFeedError, RateLimitExceededError, ...VIEWER_ERRORS];
const ask = {
  schema: { summary: 'The viewer asks to become a member', security, querystring, response },
  config: { errors: [...errors, ForbiddenError] },
};
const leave = {
  schema: {
    summary: 'The viewer leaves, and stays out until asking again',
    security,
    querystring,
    response,
  },
  config: { errors },
};

/** POST /api/members/request asks for the viewer, DELETE opts out. Who is banned is told the same as who is rejected. */
export function memberRequest(app: HttpServer, context: FeedgenContext): void {
  const act = createAct(context);
  app.post(PATH, ask, (request) => act(request, request.query.feed, true));
  app.delete(PATH, leave, (request) => act(request, request.query.feed, false));
}

function createAct(context: FeedgenContext) {
  const { identity, membership, intakes, service, file } = context;
  const lxm = requestMethod(service.did);
  const feedOf = createFeedFinder(service, file);
  const limit = createRateLimit({ burst: 10, perSecond: 0.1 });
  return async (request: FastifyRequest, uri: string, isAsking: boolean) => {
    const { authorization } = request.headers;
    const caller = callerKey(request.ip);
    const did = await identity.viewers.identify({ authorization, lxm, isStrict: true, isOpen: false, caller });
    if (did === undefined) throw new SignInRequiredError(`this needs a token for the method ${lxm}`);
    if (!limit.take(did)) throw new RateLimitExceededError('too many requests, please wait', { retryAfterS: 10 });
    const feed = feedOf(uri);
    const label = membersLabel(feed);
    if (label === undefined) throw new InvalidRequestError(`${feed.alias} has no members`);
    const approve = intakes.find((intake) => intake.label === label)?.requests;
    if (isAsking && approve === undefined) throw new ForbiddenError(`${feed.alias} takes no requests`);
    if (isAsking && (await membership.isFull(label)))
      throw new RateLimitExceededError('too many accounts wait already, please try again later', { retryAfterS: 600 });
    const action: MemberAction = isAsking
      ? { kind: 'ask', source: ASKED, approve: approve ?? 'queue', atMicros: Number.POSITIVE_INFINITY }
      : { kind: 'leave' };
    const [changed] = await membership.change({ label, changedBy: did }, [{ did, actions: [action] }]);
    return { state: viewOf(changed?.after.state) };
  };
}

/** The method that a token must name: the service's domain in reverse, as an NSID has it. */
function requestMethod(serviceDid: string): string {
  const host = decodeURIComponent(serviceDid.slice('did:web:'.length)).replace(/:\d+$/, '');
  return `${host.split('.').toReversed().join('.')}.members.request`;
}

function viewOf(state: string | undefined): 'pending' | 'approved' | 'rejected' | 'left' {
  if (state === 'pending' || state === 'approved' || state === 'left') return state;
  return 'rejected';
}
