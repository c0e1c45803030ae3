import { ForbiddenError } from '@updraft/service';
import type { FastifyRequest } from 'fastify';
import type { SecretCookie } from './cookies.ts';
import { requireOwnPage } from './own-pages.ts';
import { csrfTokenOf, idOf, isSame } from './secrets.ts';
import type { Session, Sessions } from './sessions.ts';

/** A session, and the token that its pages send with changes. */
export interface PresentSession extends Session {
  readonly csrfToken: string;
}

/** The session of a request, which may change something only from an own page. @throws ForbiddenError */
export type FindPresentSession = (request: FastifyRequest) => Promise<PresentSession | undefined>;

export interface PresentSessionDeps {
  readonly sessions: Sessions;
  readonly cookie: SecretCookie;
  /** Where browsers reach this service, where it is known. */
  readonly ownOrigin: string | undefined;
}

const READS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

export function createPresentSession({ sessions, cookie, ownOrigin }: PresentSessionDeps): FindPresentSession {
  return async (request) => {
    const secret = cookie.read(request);
    const session = secret === undefined ? undefined : await sessions.use(idOf(secret));
    if (secret === undefined || session === undefined) return undefined;
    const csrfToken = csrfTokenOf(secret);
    if (!READS.has(request.method)) requireChange(request, ownOrigin, csrfToken);
    return { ...session, csrfToken };
  };
}

function requireChange(request: FastifyRequest, ownOrigin: string | undefined, csrfToken: string): void {
  requireOwnPage(request, ownOrigin);
  const sent = request.headers['x-csrf-token'];
  if (typeof sent === 'string' && isSame(sent, csrfToken)) return;
  throw new ForbiddenError('the header X-CSRF-Token is not that of this session: reload the page');
}
