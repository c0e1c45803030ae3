import { ForbiddenError, type HttpServer } from '@updraft/service';
import { sessionAnswer } from '../views/session.ts';
import type { SignInContext } from './context.ts';

const answer = { response: { 200: sessionAnswer } };
const read = { schema: { summary: 'Who is signed in here, if anybody', ...answer } };
const end = { schema: { summary: 'Ends this session', ...answer }, config: { errors: [ForbiddenError] } };

/** GET and DELETE /console/api/session */
export function sessionRoutes(app: HttpServer, context: SignInContext): void {
  const { present, sessions, grants, rolesOf, grafana, sessionCookie } = context;
  app.get('/console/api/session', read, async (request, reply) => {
    reply.header('cache-control', 'no-store');
    const session = await present(request);
    if (session === undefined) return {};
    const { id, did, handle, csrfToken } = session;
    const roles = rolesOf(did);
    const shown = { did, handle, csrfToken, mayCleanUp: await grants.has(id), roles };
    return { session: roles.isOperator ? { ...shown, grafana } : shown };
  });
  app.delete('/console/api/session', end, async (request, reply) => {
    const session = await present(request);
    if (session !== undefined) await sessions.end(session);
    sessionCookie.clear(reply);
    return {};
  });
}
