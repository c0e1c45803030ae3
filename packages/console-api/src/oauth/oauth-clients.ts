import {
  type JoseKey,
  NodeOAuthClient,
  type NodeOAuthClientOptions,
  requestLocalLock,
} from '@atproto/oauth-client-node';
import { createDidResolver, createSafeFetch, type SafeFetch } from '@updraft/identity';
import { LRUCache } from 'lru-cache';
import type { OAuthIdentity } from './client-metadata.ts';
import { createIdentityResolver } from './identity-resolver.ts';

export interface OAuthClientsOptions {
  readonly identity: OAuthIdentity;
  readonly key: JoseKey | undefined;
  readonly plcHost: string;
  readonly allowPrivateAddresses: boolean;
  /** Of one exchange with an account's server; default 8 s. */
  readonly timeoutMs?: number;
}

type Stores = Pick<NodeOAuthClientOptions, 'sessionStore'> &
  Partial<Pick<NodeOAuthClientOptions, 'stateStore' | 'requestLock'>> & {
    /** Nobody waits before a page: servers get more time for an answer. */
    readonly isPatient?: boolean;
  };

/** Makes OAuth clients that differ in where they keep what is secret, and share what they know of servers. */
export interface OAuthClients {
  /** `requestLock` keeps two users of one session from renewing its tokens at once; by default within this process. */
  create(stores: Stores): NodeOAuthClient;
}

/** A server of somebody's account did not answer, or may not be asked. */
export class ServerUnreachableError extends Error {
  override name = 'ServerUnreachableError';
}

/** Of an answer. What servers say of themselves has two thousand, and strangers name any number of servers. */
const MAX_BYTES = 64 * 1024;
const TIMEOUT_MS = 8_000;
const PATIENT_TIMEOUT_MS = 30_000;

/** Each call goes to public addresses only, and is bounded in size and time. */
export function createOAuthClients(options: OAuthClientsOptions): OAuthClients {
  const { identity, key, plcHost, allowPrivateAddresses } = options;
  const timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
  const safeFetch = createSafeFetch({ allowPrivateAddresses, timeoutMs, maxBytes: MAX_BYTES });
  const patience = Math.max(timeoutMs, PATIENT_TIMEOUT_MS);
  const patientFetch = createSafeFetch({ allowPrivateAddresses, timeoutMs: patience, maxBytes: MAX_BYTES });
  const dids = createDidResolver({ plcHost, safeFetch, allowLocalhost: allowPrivateAddresses });
  const shared = {
    clientMetadata: identity.metadata,
    keyset: key === undefined || !identity.isPublished ? [] : [key],
    identityResolver: createIdentityResolver(dids),
    allowHttp: allowPrivateAddresses,
    dpopNonceCache: cacheOf<string>(),
    authorizationServerMetadataCache: cacheOf(),
    protectedResourceMetadataCache: cacheOf(),
  } satisfies Partial<NodeOAuthClientOptions>;
  return {
    create: ({ requestLock = requestLocalLock, stateStore = NO_FLOWS, sessionStore, isPatient = false }) => {
      const fetch = tellUnreachable(isPatient ? patientFetch : safeFetch);
      return new NodeOAuthClient({ ...shared, fetch, requestLock, stateStore, sessionStore });
    },
  };
}

function tellUnreachable(safeFetch: SafeFetch): typeof globalThis.fetch {
  return async (input, init) => {
    try {
      return await safeFetch(input, init);
    } catch (cause) {
      throw new ServerUnreachableError('an OAuth server could not be asked', { cause });
    }
  };
}

/** Of a client that only uses sessions. */
const NO_FLOWS: NodeOAuthClientOptions['stateStore'] = { get: () => undefined, set: () => {}, del: () => {} };

/** Servers change what they say seldom, and strangers name any number of them. */
function cacheOf<V>() {
  const memory = new LRUCache<string, { value: V }>({ max: 500, ttl: 60_000 });
  return {
    get: (name: string) => memory.get(name)?.value,
    set: (name: string, value: V) => void memory.set(name, { value }),
    del: (name: string) => void memory.delete(name),
  };
}
