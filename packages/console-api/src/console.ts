import { join } from 'node:path';
import { type HttpServer, readBuildInfo } from '@updraft/service';
import type { ConsoleEnvironment } from './environment.ts';
import { serveFiles } from './files/serve-files.ts';
import { oauthIdentity } from './oauth/client-metadata.ts';
import { createOAuthClients, type OAuthClients } from './oauth/oauth-clients.ts';
import { configRoute } from './routes/config.ts';
import { createSignIn, type SignInOptions } from './sign-in/create-sign-in.ts';
import type { SignIn } from './sign-in/sign-in.ts';
import type { ConsoleConfig } from './views/config.ts';
import type { Roles } from './views/session.ts';

/** The console as a service serves it. */
export interface Console {
  readonly signIn: SignIn;
  /** For deletions in an account's name; undefined where nobody can sign in. */
  readonly oauth: OAuthClients | undefined;
  addRoutes(app: HttpServer): void;
}

/** What both services give the console; what signing in needs besides is made of it. */
export interface ConsoleOptions
  extends Omit<SignInOptions, 'identity' | 'clients' | 'key' | 'publicOrigin' | 'grafana' | 'now'> {
  readonly service: ConsoleConfig['service'];
  readonly env: ConsoleEnvironment;
  /** The service's `host:port`. */
  readonly listen: string;
  /** The folder of the built web app; tests change it. */
  readonly folder?: string;
  /** Milliseconds since 1970; tests change it. */
  readonly now?: () => number;
}

const FILES = join(import.meta.dirname, '../../../apps/console/dist');

/** Undefined with CONSOLE_OFF. */
export function createConsole(options: ConsoleOptions): Console | undefined {
  const { env, listen, plcHost, allowPrivateAddresses, now = Date.now } = options;
  if (env.CONSOLE_OFF) return undefined;
  const { PUBLIC_ORIGIN: publicOrigin, OAUTH_PRIVATE_KEY: key, GRAFANA_ORIGIN: grafana } = env;
  const identity = oauthIdentity({ publicOrigin, listen, hasKey: key !== undefined });
  const oauth = identity && createOAuthClients({ identity, key, plcHost, allowPrivateAddresses });
  const signIn = createSignIn({ ...options, identity, clients: oauth, key, publicOrigin, grafana, now });
  const config = configOf(options, identity?.origin ?? publicOrigin);
  const files = {
    folder: options.folder ?? FILES,
    connectTo: otherOrigins(options),
    loopbackOrigin: identity?.isPublished === false ? identity.origin : undefined,
  };
  return {
    signIn,
    oauth,
    addRoutes: (app) => {
      signIn.addRoutes(app);
      configRoute(app, config);
      serveFiles(app, files);
    },
  };
}

/** The other service's origin, whose public answers the pages read, too. */
export function otherOrigins({ service, env }: Pick<ConsoleOptions, 'service' | 'env'>): string[] {
  const other = service === 'search' ? env.FEEDGEN_ORIGIN : env.SEARCH_ORIGIN;
  return other === undefined || env.CONSOLE_OFF ? [] : [other];
}

/** What accounts may do of whom the service knows no more than CONSOLE_OPERATORS. */
export function operatorRoles({ CONSOLE_OPERATORS: operators }: ConsoleEnvironment): (did: string) => Roles {
  return (did) => ({ isOperator: operators.includes(did), hostOf: [], moderatorOf: [] });
}

function configOf({ service, env, tokenKeys }: ConsoleOptions, ownOrigin: string | undefined): ConsoleConfig {
  const { SEARCH_ORIGIN: search, FEEDGEN_ORIGIN: feedgen } = env;
  const known = { search, feedgen };
  const { commit, version = '' } = readBuildInfo();
  return {
    service,
    origins: { ...known, [service]: known[service] ?? ownOrigin },
    pagesOff: env.CONSOLE_PAGES_OFF,
    isCleanupOn: service === 'search' ? tokenKeys.length > 0 : search !== undefined,
    version: commit ?? version,
  };
}
