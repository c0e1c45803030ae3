/** Which events a reader wants: the query parameters, and later its `options_update`, which replaces the whole filter. */
export interface Filter {
  /** True when every event passes, so that none has to be parsed. */
  readonly passesAll: boolean;
  passes(event: FilteredEvent): boolean;
}

/** The reader's filter as the host applies it: some hosts ignore the size, some are blind to whole collections or to a part of one. */
export function underWeather(filter: Filter, weather: FilterWeather): Filter {
  const { ignoresSizeLimit, blindTo, thins } = weather;
  const seesAll = blindTo.length === 0 && thins.length === 0;
  if (!ignoresSizeLimit && seesAll) return filter;
  const sees = ({ collection, did }: FilteredEvent) =>
    !blindTo.includes(collection) && !(thins.includes(collection) && isOfMost(did));
  return {
    passesAll: filter.passesAll && seesAll,
    passes: (event) => sees(event) && filter.passes(ignoresSizeLimit ? { ...event, byteLength: 0 } : event),
  };
}

/** Whether an account is one of most. */
function isOfMost(did: string): boolean {
  return did.charCodeAt(did.length - 1) % 3 !== 0;
}

export interface FilterWeather {
  readonly ignoresSizeLimit: boolean;
  readonly blindTo: readonly string[];
  readonly thins: readonly string[];
}

export interface FilteredEvent {
  readonly did: string;
  /** '' for identity and account events, which no collection filter stops. */
  readonly collection: string;
  /** `commit`, `identity`, `account` or `sync`; '' where a text names none. */
  readonly kind: string;
  readonly byteLength: number;
}

/** Why an option is refused, for the 400 or the close frame. */
export interface FilterFault {
  readonly fault: string;
}

const MAX_COLLECTIONS = 100;
const MAX_DIDS = 10_000;
const NSID = /^[a-zA-Z][a-zA-Z0-9-]*(\.[a-zA-Z0-9-]+)+\.[a-zA-Z][a-zA-Z0-9]*$/;
const NSID_PREFIX = /^[a-zA-Z][a-zA-Z0-9-]*(\.[a-zA-Z0-9-]+)*\.\*$/;
const DID = /^did:[a-z]+:[a-zA-Z0-9._:%-]+$/;

const EVERYTHING: Filter = { passesAll: true, passes: () => true };

/**
 * Reads v1's options as they are in the query or in an `options_update` payload. v2 filters by kinds too.
 * Source: Jetstream, `/subscribe` and `subscribeEvents`.
 */
export function readFilter(options: unknown, kinds: readonly string[] = []): Filter | FilterFault {
  if (typeof options !== 'object' || options === null) return { fault: 'options must be an object' };
  const { wantedCollections = [], wantedDids = [], maxMessageSizeBytes = 0 } = options as Record<string, unknown>;
  if (!isStringList(wantedCollections)) return { fault: 'wantedCollections must be a list of NSIDs' };
  if (!isStringList(wantedDids)) return { fault: 'wantedDids must be a list of DIDs' };
  if (!Number.isInteger(maxMessageSizeBytes)) return { fault: 'maxMessageSizeBytes must be an integer' };
  if (wantedCollections.length > MAX_COLLECTIONS)
    return { fault: `too many wanted collections: ${wantedCollections.length} > ${MAX_COLLECTIONS}` };
  if (wantedDids.length > MAX_DIDS) return { fault: `too many wanted DIDs: ${wantedDids.length} > ${MAX_DIDS}` };
  const badCollection = wantedCollections.find((name) => !NSID.test(name) && !NSID_PREFIX.test(name));
  if (badCollection !== undefined) return { fault: `invalid collection: ${badCollection}` };
  const badDid = wantedDids.find((did) => !DID.test(did));
  if (badDid !== undefined) return { fault: `invalid DID: ${badDid}` };
  return createFilter(wantedCollections, wantedDids, kinds, Math.max(0, maxMessageSizeBytes as number));
}

function createFilter(
  collections: readonly string[],
  wantedDids: readonly string[],
  kinds: readonly string[],
  maxBytes: number,
): Filter {
  if (collections.length === 0 && wantedDids.length === 0 && kinds.length === 0 && maxBytes === 0) return EVERYTHING;
  const dids = new Set(wantedDids);
  const exact = new Set(collections.filter((name) => !name.endsWith('.*')));
  const prefixes = collections.filter((name) => name.endsWith('.*')).map((name) => name.slice(0, -1));
  const wantsCollection = (name: string) =>
    collections.length === 0 || name === '' || exact.has(name) || prefixes.some((prefix) => name.startsWith(prefix));
  return {
    passesAll: false,
    passes: ({ did, collection, kind, byteLength }) =>
      (maxBytes === 0 || byteLength <= maxBytes) &&
      (dids.size === 0 || dids.has(did)) &&
      (kinds.length === 0 || kinds.includes(kind)) &&
      wantsCollection(collection),
  };
}

function isStringList(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
