import type { NodeSavedSession } from '@atproto/oauth-client-node';
import type { HttpServer } from '@updraft/service';
import type { FastifyRequest } from 'fastify';
import type { Roles } from '../views/session.ts';

/** Who asks, by the cookie of a session. */
export interface SignedIn {
  readonly sessionId: string;
  readonly did: string;
  readonly roles: Roles;
}

/** Signing in with an account of the network, and the sessions that this begins. */
export interface SignIn {
  /**
   * Who asks; undefined without a session that lives. A request that is not a GET must send the session's X-CSRF-Token.
   * @throws ForbiddenError without that token; NotEnoughResourcesError while Redis is away
   */
  who(request: FastifyRequest): Promise<SignedIn | undefined>;
  /** Adds the routes of signing in and of sessions. */
  addRoutes(app: HttpServer): void;
  readonly grants: DeletionGrants;
  /** Background work of a service that keeps permissions: ends those that lapse unused, until the signal aborts. */
  run(signal: AbortSignal): Promise<void>;
}

/** Permissions of accounts to delete their records. They are sealed at rest and end with their session unless a job takes them. */
export interface DeletionGrants {
  /** Looks at the permission that came with a session. Only who takes it may renew its tokens: that ends those that are kept here. */
  peek(sessionId: string): Promise<NodeSavedSession | undefined>;
  /** Takes it out of the session: its taker keeps it from now on and ends it. */
  take(sessionId: string): Promise<NodeSavedSession | undefined>;
}
