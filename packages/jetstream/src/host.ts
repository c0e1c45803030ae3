/*
 * In: the address of a host and what is wanted of it. Out: the URL of a subscription in the host's own protocol.
 * Keeps: each protocol gets its own parameters only, since v2 refuses v1's and v1 ignores v2's.
 */

import { type Cursor, cursorParameter } from './cursor.ts';
import { InvalidRequestError } from './errors.ts';

/** v1 is `/subscribe`; v2 is `subscribeEvents`, which has `#sync` and what replaces a diverged repository. */
export type Protocol = 'v1' | 'v2';

export type EventKind = 'commit' | 'identity' | 'account' | 'sync';

/** What is wanted of a stream; an empty or missing list wants all. */
export interface StreamFilter {
  /** v2 only. */
  readonly kinds?: readonly EventKind[];
  readonly dids?: readonly string[];
  /** NSIDs or `prefix.*`. Identity and account events come all the same. */
  readonly collections?: readonly string[];
  /** Larger events are left out in silence; 0: none is. */
  readonly maxMessageSizeBytes?: number;
}

export interface SubscribeOptions {
  readonly cursor?: Cursor | undefined;
  readonly filter?: StreamFilter | undefined;
}

/** The methods of v2 are named `network.bsky.jetstream.…`, below this path. */
const XRPC_PATH = '/xrpc/network.bsky.jetstream.';

/** What an address speaks: v1 when its path ends in `/subscribe`, else v2. */
export function protocolOf(address: string): Protocol {
  return new URL(address).pathname.endsWith('/subscribe') ? 'v1' : 'v2';
}

/** The name that sequence numbers belong to: the same for v1 and v2 of one server. */
export function hostName(address: string): string {
  return new URL(address).host;
}

/** The http(s) URL of one of v2's methods at the host of an address, which may be a WebSocket's. */
export function methodUrl(address: string, method: string): URL {
  const url = new URL(address);
  return new URL(`${XRPC_PATH}${method}`, `${url.protocol.replace(/^ws/, 'http')}//${url.host}`);
}

/**
 * The URL of a subscription. Parameters that the address itself bears stay. A cursor that means nothing at this host is left out.
 * @throws InvalidRequestError for a filter that the host would refuse.
 */
export function subscribeUrl(address: string, { cursor, filter = {} }: SubscribeOptions = {}): string {
  const protocol = protocolOf(address);
  checkAddress(protocol, new URL(address));
  checkFilter(protocol, filter);
  const url = protocol === 'v1' ? new URL(address) : eventsUrl(address);
  const [dids, collections] = protocol === 'v1' ? ['wantedDids', 'wantedCollections'] : ['dids', 'collections'];
  for (const kind of filter.kinds ?? []) url.searchParams.append('kinds', kind);
  for (const did of filter.dids ?? []) url.searchParams.append(dids, did);
  for (const collection of filter.collections ?? []) url.searchParams.append(collections, collection);
  const limit = filter.maxMessageSizeBytes ?? 0;
  if (limit > 0) url.searchParams.set('maxMessageSizeBytes', String(limit));
  const parameter = cursor === undefined ? undefined : cursorParameter(cursor, url.host);
  if (parameter !== undefined) url.searchParams.set('cursor', parameter);
  return url.href;
}

function eventsUrl(address: string): URL {
  const url = methodUrl(address, 'subscribeEvents');
  url.protocol = url.protocol.replace(/^http/, 'ws');
  url.search = new URL(address).search;
  return url;
}

/** v2 refuses v1's parameters with a 400; v1 ignores v2's, and everything would come. */
const FOREIGN: Readonly<Record<Protocol, readonly string[]>> = {
  v1: ['kinds', 'dids', 'collections', 'zstdDictionary'],
  v2: ['wantedDids', 'wantedCollections', 'requireHello', 'compress'],
};

function checkAddress(protocol: Protocol, { searchParams }: URL): void {
  const foreign = FOREIGN[protocol].find((name) => searchParams.has(name));
  if (foreign === undefined) return;
  const other = protocol === 'v1' ? 'v2' : 'v1';
  throw new InvalidRequestError(`the address has ${foreign}, a parameter of ${other}; its host is read by ${protocol}`);
}

const MAX_DIDS = 10_000;
const MAX_COLLECTIONS = 100;
const MAX_MESSAGE_BYTES = 2 ** 32 - 1;

function checkFilter(protocol: Protocol, { kinds = [], dids = [], collections = [], ...rest }: StreamFilter): void {
  const limit = rest.maxMessageSizeBytes ?? 0;
  if (dids.length > MAX_DIDS) throw new InvalidRequestError(`a stream can be filtered by at most ${MAX_DIDS} accounts`);
  if (collections.length > MAX_COLLECTIONS) {
    throw new InvalidRequestError(`a stream can be filtered by at most ${MAX_COLLECTIONS} collections`);
  }
  if (!Number.isInteger(limit) || limit < 0 || limit > MAX_MESSAGE_BYTES) {
    throw new InvalidRequestError(`${limit} can't be the largest size of a message`);
  }
  if (kinds.length === 0) return;
  if (protocol === 'v1') throw new InvalidRequestError("v1 can't filter by kind");
  if (collections.length > 0 && !kinds.includes('commit')) {
    throw new InvalidRequestError('a filter by collections needs the kind commit');
  }
}
