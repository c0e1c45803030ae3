import type { FilteredEvent } from './filter.ts';

/** What a filter looks at, read from an event's text. Text that can't be read has no DID, collection or kind. */
export function filteredEventOf(line: string): FilteredEvent {
  const byteLength = Buffer.byteLength(line);
  let event: unknown;
  try {
    event = JSON.parse(line);
  } catch {
    return { did: '', collection: '', kind: '', byteLength };
  }
  const collection = textAt(memberAt(event, 'commit'), 'collection');
  return { did: textAt(event, 'did'), collection, kind: textAt(event, 'kind'), byteLength };
}

function textAt(value: unknown, name: string): string {
  const member = memberAt(value, name);
  return typeof member === 'string' ? member : '';
}

function memberAt(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
