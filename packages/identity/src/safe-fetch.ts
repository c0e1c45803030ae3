import type { LookupFunction } from 'node:net';
import { safeFetchWrap } from '@atproto-labs/fetch-node';
import { createGuardedDispatcher } from './guarded-dispatcher.ts';
import { isPublicAddress } from './public-address.ts';
import { traceCall } from './trace-call.ts';

/** A fetch for addresses that strangers choose. Redirects are refused unless the caller asks for them. */
export type SafeFetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>;

export interface SafeFetchOptions {
  /** Tests only: also http, odd ports and private addresses. Size and time stay bounded. */
  allowPrivateAddresses?: boolean | undefined;
  /** For the whole exchange, redirects included. */
  timeoutMs?: number | undefined;
  maxBytes?: number | undefined;
  /** Tests only: what DNS answers. */
  lookup?: LookupFunction | undefined;
}

/**
 * The fetch for every address that comes from outside (handles, did:web, a PDS): only https on its usual port, only public
 * addresses (checked at each hop, after DNS), bounded in size and time. Rejects anything else.
 */
export function createSafeFetch(options: SafeFetchOptions = {}): SafeFetch {
  const isOpen = options.allowPrivateAddresses === true;
  const wrapped = safeFetchWrap({
    ssrfProtection: !isOpen,
    ...(isOpen ? { forbiddenDomainNames: [] } : { fetch: createPublicFetch(options.lookup) }),
    responseMaxSize: options.maxBytes ?? 512 * 1024,
    timeout: options.timeoutMs ?? 3_000,
  });
  return (input, init) => traceCall(input, init?.method, () => wrapped(input, { redirect: 'error', ...init }));
}

/** safeFetchWrap's own dispatcher allows some IPv6 addresses that contain an IPv4 one, such as `[::127.0.0.1]`. */
function createPublicFetch(lookup: LookupFunction | undefined): typeof globalThis.fetch {
  const dispatcher = createGuardedDispatcher({
    mayConnect: isPublicAddress,
    mayAsk: ({ protocol, port }) => protocol === 'https:' && port === '',
    lookup,
  });
  // Node's fetch wants a dispatcher of its own copy of undici; the types of that copy and of the package differ by name only.
  return (input, init) => globalThis.fetch(input, { ...init, dispatcher: dispatcher as never });
}
