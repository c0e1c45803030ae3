import type { Filter } from './filter.ts';
import { type FilterFault, readFilter } from './filter.ts';

/** What a reader asked for in the query of `GET /subscribe`. */
export interface Subscription {
  readonly cursor: Cursor;
  readonly filter: Filter;
  readonly requireHello: boolean;
}

/** `live` = no cursor. Below 1e15 a cursor is a sequence number, else microseconds since 1970. Both are inclusive. */
export type Cursor = { readonly kind: 'live' } | { readonly kind: 'seq' | 'time'; readonly value: number };

const FIRST_TIME_CURSOR = 1e15;

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

function readCursor(text: string | null): Cursor | FilterFault {
  if (text === null || text === '') return { kind: 'live' };
  if (!/^\d{1,16}$/.test(text)) return { fault: `invalid cursor: ${text}` };
  const value = Number(text);
  return { kind: value < FIRST_TIME_CURSOR ? 'seq' : 'time', value };
}
