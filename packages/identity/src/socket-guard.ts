import { lookup as lookUpInDns } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { ForbiddenAddressError, guardLookup } from './guarded-dispatcher.ts';
import { isPublicAddress } from './public-address.ts';

/** What a WebSocket client needs to connect to an address that strangers choose. */
export interface SocketGuard {
  /** `wss:`, or `ws:` where tests allow it. */
  readonly url: string;
  /** Options for `tls.connect`: the answer of DNS that is checked is the one that is used. */
  readonly options: { readonly lookup?: LookupFunction };
}

export interface SocketGuardOptions {
  /** Tests only: also http, odd ports and private addresses. */
  readonly allowPrivateAddresses: boolean;
  /** Tests only: what DNS answers. */
  readonly lookup?: LookupFunction;
}

/**
 * For sockets what createSafeFetch() is for requests: only https on its usual port, only public addresses. The client must follow no redirects.
 * @throws ForbiddenAddressError for any other address.
 */
export function socketGuard(
  url: URL,
  { allowPrivateAddresses, lookup = lookUpInDns }: SocketGuardOptions,
): SocketGuard {
  const target = url.href.replace(/^http/, 'ws');
  if (allowPrivateAddresses) return { url: target, options: {} };
  // Node calls no resolver for a host that is an address.
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const isForbidden = url.protocol !== 'https:' || url.port !== '' || (isIP(host) !== 0 && !isPublicAddress(host));
  if (isForbidden) throw new ForbiddenAddressError(url.host);
  return { url: target, options: { lookup: guardLookup(lookup, isPublicAddress) } };
}
