import { callerKey, ForbiddenError, type HttpServer, LimitError, RateLimitExceededError } from '@updraft/service';
import { beginSignIn } from '../sign-in/begin.ts';
import { AccountServerError, AccountUnknownError, SignInOffError } from '../sign-in/errors.ts';
import { FLOW_LIFE_S } from '../sign-in/flows.ts';
import { requireOwnPage } from '../sign-in/own-pages.ts';
import { signInAnswer, signInRequest } from '../views/session.ts';
import type { SignInContext } from './context.ts';

const options = {
  schema: {
    summary: 'Begins a sign-in: gives the page of the account’s own server to go to',
    body: signInRequest,
    response: { 200: signInAnswer },
  },
  config: {
    errors: [AccountUnknownError, ForbiddenError, RateLimitExceededError, AccountServerError, SignInOffError],
  },
  handlerTimeout: 60_000, // up to four exchanges with other people's servers, each with a bound of its own
};

/** POST /console/api/sign-in */
export function signInRoute(app: HttpServer, context: SignInContext): void {
  const { limits, ownOrigin, flowCookie } = context;
  app.post('/console/api/sign-in', options, async (request, reply) => {
    requireOwnPage(request, ownOrigin);
    const caller = callerKey(request.ip);
    if (!limits.perCaller.take(caller)) throw new LimitError('caller', 'ten sign-ins a minute are allowed', 10);
    if (!limits.inAll.take('all')) throw new LimitError('all', 'too many people are signing in: try again soon', 10);
    const { redirect, isWide, secret } = await beginSignIn(context, request.body, caller);
    flowCookie.set(reply, secret, FLOW_LIFE_S);
    reply.header('cache-control', 'no-store');
    return { redirect, isWide };
  });
}
