import { type HttpServer, optionalOnce } from '@updraft/service';
import { StoreError } from '@updraft/store';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { CALLBACK_PATH } from '../oauth/client-metadata.ts';
import { type FinishedSignIn, finishSignIn, SignInFaultError } from '../sign-in/finish.ts';
import { idOf, newSecret } from '../sign-in/secrets.ts';
import { LIFE_MS } from '../sign-in/sessions.ts';
import type { SignInContext } from './context.ts';

const some = optionalOnce.unwrap().max(4_096).optional();
const options = {
  schema: {
    summary: 'Where the account’s server leads back to: begins a session, and leads to a page of the console',
    querystring: z.object({ state: some, iss: some, code: some, error: some, error_description: some }),
    response: { 303: z.undefined().describe('To the page that was asked for, or /console/sign-in?error=…') },
  },
  handlerTimeout: 60_000,
};

/** GET /oauth/callback */
export function callbackRoute(app: HttpServer, context: SignInContext): void {
  app.get(CALLBACK_PATH, options, async (request, reply) => {
    reply.headers({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' });
    const params = new URLSearchParams(
      Object.entries(request.query).filter((entry): entry is [string, string] => entry[1] !== undefined),
    );
    return reply.redirect(await whereTo(context, request, reply, params), 303);
  });
}

async function whereTo(
  context: SignInContext,
  request: FastifyRequest,
  reply: FastifyReply,
  params: URLSearchParams,
): Promise<string> {
  const { clients, flows, flowCookie, log } = context;
  try {
    if (clients === undefined) throw new SignInFaultError('failed', 'this service signs nobody in');
    const finished = await finishSignIn({ clients, flows, log }, params, flowCookie.read(request));
    await beginSession(context, request, reply, finished);
    flowCookie.clear(reply);
    return finished.flow.returnTo;
  } catch (error) {
    const fault = error instanceof StoreError ? 'unreachable' : error instanceof SignInFaultError && error.fault;
    if (fault === false) throw error;
    request.log.info({ err: error, fault }, 'a sign-in did not come to its end');
    return `/console/sign-in?error=${fault}`;
  }
}

/** A session has a new secret at each sign-in; the browser's former one ends. */
async function beginSession(
  { sessions, grants, sessionCookie, present }: SignInContext,
  request: FastifyRequest,
  reply: FastifyReply,
  { flow: { did, handle }, grant }: FinishedSignIn,
): Promise<void> {
  const former = await present(request);
  if (former !== undefined) await sessions.end(former);
  const secret = newSecret();
  const id = idOf(secret);
  if (grant !== undefined) await grants.keep(id, grant);
  await sessions.begin(id, { did, handle, browser: (request.headers['user-agent'] ?? '').slice(0, 200) });
  sessionCookie.set(reply, secret, LIFE_MS / 1_000);
}
