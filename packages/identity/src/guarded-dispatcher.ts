import { lookup as lookUpInDns } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { Agent, buildConnector, type Dispatcher } from 'undici';

/** A connection that was refused before it was opened. */
export class ForbiddenAddressError extends Error {
  override name = 'ForbiddenAddressError';
  readonly host: string;

  constructor(host: string) {
    super(`${host} is not an address of the public network`);
    this.host = host;
  }
}

export interface GuardOptions {
  /** Whether a connection to this IP address is allowed. */
  mayConnect: (address: string) => boolean;
  /** Whether a request to this origin is allowed, redirects included. */
  mayAsk: (origin: URL) => boolean;
  /** Default: the system's. */
  lookup?: LookupFunction | undefined;
}

/**
 * A dispatcher for `fetch` that checks the address that a socket connects to: the answer of DNS that is checked is the one that
 * is used. A `net.BlockList` would be shorter, but Node applies it to plain sockets only, not to TLS.
 */
export function createGuardedDispatcher({ mayConnect, mayAsk, lookup = lookUpInDns }: GuardOptions): Dispatcher {
  const connect = buildConnector({ lookup: guardLookup(lookup, mayConnect) });
  const agent = new Agent({
    connect: (options, callback) => {
      // Node calls no resolver for a host that is an address.
      const host = options.hostname.replace(/^\[(.*)\]$/, '$1');
      if (isIP(host) !== 0 && !mayConnect(host)) callback(new ForbiddenAddressError(host), null);
      else connect(options, callback);
    },
  });
  return agent.compose((dispatch) => (options, handler) => {
    const origin = new URL(String(options.origin));
    if (!mayAsk(origin)) throw new ForbiddenAddressError(origin.host);
    return dispatch(options, handler);
  });
}

/** A resolver that gives allowed addresses only. One forbidden address among the answers refuses them all: a mixture is an attack. */
export function guardLookup(lookup: LookupFunction, mayConnect: (address: string) => boolean): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, options, (error, address, family) => {
      const addresses = Array.isArray(address) ? address.map((each) => each.address) : [address];
      if (error === null && !addresses.every(mayConnect))
        callback(new ForbiddenAddressError(hostname), address, family);
      else callback(error, address, family);
    });
  };
}
