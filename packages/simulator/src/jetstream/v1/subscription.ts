import { type Cursor, readCursor } from '../cursor.ts';
import { type Filter, type FilterFault, readFilter } from '../filter.ts';

/** What a reader asked for in the query of `GET /subscribe`. */
export interface Subscription {
  readonly cursor: Cursor;
  readonly filter: Filter;
  readonly requireHello: boolean;
}

/** The subscription, or the plain text of a 400. */
export function readSubscription(
  query: URLSearchParams,
  headers: NodeJS.Dict<string | string[]>,
): Subscription | FilterFault {
  if (query.get('compress') === 'true' || headers['socket-encoding'] === 'zstd') {
    return { fault: 'compress: this server has no zstd dictionary; ask without compression' };
  }
  const cursor = readCursor(query.get('cursor'));
  if ('fault' in cursor) return cursor;
  const sizeText = query.get('maxMessageSizeBytes') ?? '0';
  if (!/^-?\d+$/.test(sizeText)) return { fault: `invalid maxMessageSizeBytes: ${sizeText}` };
  const filter = readFilter({
    wantedCollections: query.getAll('wantedCollections').filter(Boolean),
    wantedDids: query.getAll('wantedDids').filter(Boolean),
    maxMessageSizeBytes: Number(sizeText),
  });
  if ('fault' in filter) return filter;
  return { cursor, filter, requireHello: query.get('requireHello') === 'true' };
}
