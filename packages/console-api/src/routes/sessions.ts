import {
  AuthenticationRequiredError,
  ForbiddenError,
  type HttpServer,
  NotFoundError,
  optionalOnce,
} from '@updraft/service';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { PresentSession } from '../sign-in/present-session.ts';
import type { Session } from '../sign-in/sessions.ts';
import { endedSessions, sessionList } from '../views/session.ts';
import type { SignInContext } from './context.ts';

const read = {
  schema: { summary: 'The sessions of the signed-in account, in any browser', response: { 200: sessionList } },
  config: { errors: [AuthenticationRequiredError] },
};
const end = {
  schema: {
    summary: 'Ends one session of the account, or all of them',
    querystring: z.object({ id: optionalOnce.unwrap().max(100).optional() }),
    response: { 200: endedSessions },
  },
  config: { errors: [AuthenticationRequiredError, ForbiddenError, NotFoundError] },
};

/** GET and DELETE /console/api/sessions */
export function sessionsRoutes(app: HttpServer, { present, sessions, sessionCookie }: SignInContext): void {
  const required = async (request: FastifyRequest): Promise<PresentSession> => {
    const session = await present(request);
    if (session === undefined)
      throw new AuthenticationRequiredError('nobody is signed in here, or the session has ended');
    return session;
  };
  app.get('/console/api/sessions', read, async (request, reply) => {
    reply.header('cache-control', 'no-store');
    const own = await required(request);
    return { sessions: (await sessions.list(own.did)).map((session) => entryOf(session, own.id)) };
  });
  app.delete('/console/api/sessions', end, async (request, reply) => {
    const own = await required(request);
    const { id } = request.query;
    const all = await sessions.list(own.did);
    const ending = id === undefined ? all : all.filter((session) => session.id === id);
    if (ending.length === 0) throw new NotFoundError('this account has no such session: it may have ended');
    await Promise.all(ending.map((session) => sessions.end(session))); // each may ask a server of somebody's account
    if (ending.some((session) => session.id === own.id)) sessionCookie.clear(reply);
    return { ended: ending.length };
  });
}

function entryOf({ id, createdAtMs, lastSeenAtMs, browser }: Session, ownId: string) {
  const [createdAt, lastSeenAt] = [createdAtMs, lastSeenAtMs].map((ms) => new Date(ms).toISOString());
  return { id, createdAt: createdAt ?? '', lastSeenAt: lastSeenAt ?? '', browser, isThis: id === ownId };
}
