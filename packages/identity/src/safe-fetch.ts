import { safeFetchWrap } from '@atproto-labs/fetch-node';
import { traceCall } from './trace-call.ts';

/** A fetch for addresses that strangers choose. Redirects are refused unless the caller asks for them. */
export type SafeFetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>;

export interface SafeFetchOptions {
  /** Tests only: also http, odd ports and private addresses. Size and time stay bounded. */
  allowPrivateAddresses?: boolean | undefined;
  /** For the whole exchange, redirects included. */
  timeoutMs?: number | undefined;
  maxBytes?: number | undefined;
}

/**
 * The fetch for every address that comes from outside (handles, did:web, a PDS): https on its usual port only, no private
 * or special addresses (checked at each hop, after DNS), bounded in size and time. Rejects on any breach.
 */
export function createSafeFetch(options: SafeFetchOptions = {}): SafeFetch {
  const wrapped = safeFetchWrap({
    ssrfProtection: options.allowPrivateAddresses !== true,
    ...(options.allowPrivateAddresses === true ? { forbiddenDomainNames: [] } : {}),
    responseMaxSize: options.maxBytes ?? 512 * 1024,
    timeout: options.timeoutMs ?? 3_000,
  });
  return (input, init) => traceCall(input, init?.method, () => wrapped(input, { redirect: 'error', ...init }));
}
