import type { JoseKey } from '@atproto/oauth-client-node';
import { createDidResolver, createSafeFetch } from '@updraft/identity';
import { createRateLimit, every, type HttpServer, type Logger } from '@updraft/service';
import type { Redis } from '@updraft/store';
import type { OAuthIdentity } from '../oauth/client-metadata.ts';
import type { OAuthClients } from '../oauth/oauth-clients.ts';
import { callbackRoute } from '../routes/callback.ts';
import { clientDocuments } from '../routes/client-documents.ts';
import type { SignInContext } from '../routes/context.ts';
import { sessionRoutes } from '../routes/session.ts';
import { sessionsRoutes } from '../routes/sessions.ts';
import { signInRoute } from '../routes/sign-in.ts';
import { createTokenSeal } from '../seal/token-seal.ts';
import type { Roles } from '../views/session.ts';
import { createAccountFinder, type FindDid } from './account-finder.ts';
import { createCookie } from './cookies.ts';
import { createFlows } from './flows.ts';
import { createGrants } from './grants.ts';
import { consoleKeys } from './keys.ts';
import { createPresentSession } from './present-session.ts';
import { createSessions } from './sessions.ts';
import type { SignIn } from './sign-in.ts';

export interface SignInOptions {
  readonly identity: OAuthIdentity | undefined;
  readonly clients: OAuthClients | undefined;
  readonly key: JoseKey | undefined;
  readonly publicOrigin: string | undefined;
  readonly grafana: string | undefined;
  readonly redis: Redis;
  /** First part of each key in Redis. */
  readonly redisPrefix: string;
  readonly plcHost: string;
  readonly allowPrivateAddresses: boolean;
  /** CLEANUP_TOKEN_KEY; empty where no clean-ups run. */
  readonly tokenKeys: readonly Uint8Array[];
  readonly rolesOf: (did: string) => Roles;
  readonly findDid: FindDid;
  readonly log: Logger;
  readonly now: () => number;
}

const LAPSED_EVERY_MS = 60_000;
const CANNOT_END = 'lapsed permissions of accounts can not be ended now';

const ROUTES = [signInRoute, callbackRoute, sessionRoutes, sessionsRoutes, clientDocuments];

export function createSignIn(options: SignInOptions): SignIn {
  const context = createContext(options);
  const { present, grants, rolesOf, log } = context;
  return {
    who: async (request) => {
      const session = await present(request);
      return session && { sessionId: session.id, did: session.did, roles: rolesOf(session.did) };
    },
    grants: { peek: grants.peek, take: grants.take },
    run: (signal) => every(LAPSED_EVERY_MS, signal, grants.endLapsed, (err) => log.warn({ err }, CANNOT_END)),
    addRoutes: (app) => {
      void app.register((routes: HttpServer, _options, done) => {
        routes.removeContentTypeParser('text/plain'); // a form of another site can send it
        for (const route of ROUTES) route(routes, context);
        done();
      });
    },
  };
}

function createContext(options: SignInOptions): SignInContext {
  const { identity, clients, key, redis, tokenKeys, rolesOf, findDid, log, now } = options;
  const keys = consoleKeys(options.redisPrefix);
  const seal = tokenKeys.length === 0 ? undefined : createTokenSeal(tokenKeys);
  const grants = createGrants({ redis, keys, seal, clients, log, now });
  const sessions = createSessions({ redis, keys, now, onEnd: ({ id }) => grants.end(id) });
  const ownOrigin = identity?.origin ?? options.publicOrigin;
  const isSecure = ownOrigin?.startsWith('https:') === true;
  const sessionCookie = createCookie('updraft_session', isSecure);
  const { plcHost, allowPrivateAddresses } = options;
  const safeFetch = createSafeFetch({ allowPrivateAddresses });
  const dids = createDidResolver({ plcHost, safeFetch, allowLocalhost: allowPrivateAddresses });
  return {
    identity,
    publicKeys: key?.publicJwk === undefined || identity?.isPublished !== true ? [] : [key.publicJwk],
    clients,
    flows: createFlows({ redis, keys }),
    sessions,
    grants,
    keepsGrants: seal !== undefined,
    findAccount: createAccountFinder({ findDid, dids }),
    present: createPresentSession({ sessions, cookie: sessionCookie, ownOrigin }),
    rolesOf,
    grafana: options.grafana,
    ownOrigin,
    sessionCookie,
    flowCookie: createCookie('updraft_sign_in', isSecure),
    limits: {
      perCaller: createRateLimit({ burst: 10, perSecond: 1 / 6 }),
      inAll: createRateLimit({ burst: 100, perSecond: 5 }, { maxNames: 1 }),
    },
    log,
  };
}
