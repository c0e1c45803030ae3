import type { NodeOAuthClientOptions } from '@atproto/oauth-client-node';
import { isLoopbackHost } from '@updraft/service';
import { ALL_SCOPES } from './scopes.ts';

export type ClientMetadata = NodeOAuthClientOptions['clientMetadata'];

/** How this service presents itself to the servers of accounts. */
export interface OAuthIdentity {
  /** Where browsers reach it. */
  readonly origin: string;
  readonly metadata: ClientMetadata;
  /** The servers read the metadata at PUBLIC_ORIGIN; those of a loopback client are in its id. */
  readonly isPublished: boolean;
}

export const CALLBACK_PATH = '/oauth/callback';
export const METADATA_PATH = '/oauth/client-metadata.json';
export const KEYS_PATH = '/oauth/jwks.json';

export interface OAuthIdentityOptions {
  readonly publicOrigin: string | undefined;
  /** The service's `host:port`. */
  readonly listen: string;
  readonly hasKey: boolean;
}

/**
 * A loopback client on this machine, else a client of PUBLIC_ORIGIN; undefined where neither is possible: the service is reached from
 * elsewhere, and does not know its https origin.
 * Source: https://atproto.com/specs/oauth#clients
 */
export function oauthIdentity({ publicOrigin, listen, hasKey }: OAuthIdentityOptions): OAuthIdentity | undefined {
  const origin = publicOrigin ?? originOf(listen);
  if (origin === undefined) return undefined;
  const { protocol, hostname } = new URL(origin);
  if (protocol === 'https:') return { origin, metadata: publishedMetadata(origin, hasKey), isPublished: true };
  if (!isLoopbackHost(hostname)) return undefined;
  // A redirect to `localhost` is not allowed: the name may lead elsewhere.
  const loopback = hostname === 'localhost' ? origin.replace('localhost', '127.0.0.1') : origin;
  return { origin: loopback, metadata: loopbackMetadata(loopback), isPublished: false };
}

function originOf(listen: string): string | undefined {
  const host = listen.slice(0, listen.lastIndexOf(':'));
  return isLoopbackHost(host) ? `http://${listen}` : undefined;
}

function loopbackMetadata(origin: string): ClientMetadata {
  const redirect = `${origin}${CALLBACK_PATH}`;
  const query = new URLSearchParams({ redirect_uri: redirect, scope: ALL_SCOPES });
  return {
    ...COMMON,
    client_id: `http://localhost?${query.toString()}`,
    redirect_uris: [redirect],
    application_type: 'native',
    token_endpoint_auth_method: 'none',
  };
}

function publishedMetadata(origin: string, hasKey: boolean): ClientMetadata {
  const auth = {
    token_endpoint_auth_method: 'private_key_jwt',
    token_endpoint_auth_signing_alg: 'ES256',
    jwks_uri: `${origin}${KEYS_PATH}` as 'https://',
  } as const;
  return {
    ...COMMON,
    client_id: `${origin}${METADATA_PATH}`,
    client_name: 'Updraft',
    client_uri: origin,
    redirect_uris: [`${origin}${CALLBACK_PATH}` as 'https://'],
    application_type: 'web',
    ...(hasKey ? auth : { token_endpoint_auth_method: 'none' }),
  };
}

const COMMON = {
  scope: ALL_SCOPES,
  grant_types: ['authorization_code', 'refresh_token'],
  response_types: ['code'],
  dpop_bound_access_tokens: true,
} as const satisfies Partial<ClientMetadata>;
