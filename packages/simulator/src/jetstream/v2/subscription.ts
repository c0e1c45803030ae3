import type { Refusal } from '../../wire/endpoint.ts';
import { type Cursor, readCursor } from '../cursor.ts';
import { type Filter, readFilter } from '../filter.ts';
import { badRequest } from './bad-request.ts';

/** What a reader asked for in the query of `subscribeEvents`. */
export interface Subscription {
  readonly cursor: Cursor;
  readonly filter: Filter;
  /** The id of the dictionary that frames are compressed with. */
  readonly zstdDictionary: number | undefined;
}

const KINDS = ['commit', 'identity', 'account', 'sync'];
/** v1's parameters, which v2 refuses. */
const FOREIGN = ['wantedDids', 'wantedCollections', 'requireHello'];

/** The subscription, or why it is refused. */
export function readSubscription(query: URLSearchParams): Subscription | Refusal {
  const foreign = FOREIGN.find((name) => query.has(name));
  if (foreign !== undefined) return invalidRequest(`${foreign} is a parameter of /subscribe`);
  if (query.get('compress') === 'true') return invalidRequest('compress: ask for a zstdDictionary instead');
  const kinds = query.getAll('kinds');
  const collections = query.getAll('collections');
  const unknown = kinds.find((kind) => !KINDS.includes(kind));
  if (unknown !== undefined) return invalidRequest(`unknown kind: ${unknown}`);
  if (kinds.length > KINDS.length) return invalidRequest(`too many kinds: ${kinds.length}`);
  if (collections.length > 0 && kinds.length > 0 && !kinds.includes('commit'))
    return invalidRequest('collections need the kind commit');
  const cursor = readCursor(query.get('cursor'));
  if ('fault' in cursor) return invalidRequest(cursor.fault);
  const [size, dictionary] = [query.get('maxMessageSizeBytes') ?? '0', query.get('zstdDictionary') ?? ''];
  if (!/^\d+$/.test(size)) return invalidRequest(`invalid maxMessageSizeBytes: ${size}`);
  if (!/^\d*$/.test(dictionary)) return invalidRequest(`invalid zstdDictionary: ${dictionary}`);
  const options = {
    wantedCollections: collections,
    wantedDids: query.getAll('dids'),
    maxMessageSizeBytes: Number(size),
  };
  const filter = readFilter(options, kinds);
  if ('fault' in filter) return invalidRequest(filter.fault);
  return { cursor, filter, zstdDictionary: dictionary === '' ? undefined : Number(dictionary) };
}

function invalidRequest(message: string): Refusal {
  return badRequest('InvalidRequest', message);
}
