import { hash } from 'node:crypto';
import type { JetstreamEvent } from '@updraft/atproto';
import { lowerQuartile } from './gaps.ts';

/** How many of the last events are kept, to be met again after a resume. */
export const TAIL_EVENTS = 256;

/** The last events of the stream, as far as they are needed to find the place again. */
export interface Tail {
  /** How many are kept. */
  readonly count: number;
  /** Of the last event, where its host gives one. */
  readonly cursor: number | undefined;
  add(event: JetstreamEvent): void;
  /** Oldest first. */
  identities(): string[];
  /** Rev time in microseconds that a quarter of the accounts in the tail don't exceed; NaN when it is empty. */
  micros(): number;
  /** Median of the events' time_us; NaN when it is empty. */
  timeUs(): number;
}

/** Keeps only strings and numbers of each event, in a ring: identities are hashed when they are asked for. */
export function createTail(size: number = TAIL_EVENTS): Tail {
  const parts: EventParts[] = Array.from({ length: size }, () => ({
    did: '',
    micros: 0,
    detail: 0,
    collection: '',
    rkey: '',
    isDelete: false,
  }));
  const times = new Float64Array(size);
  let total = 0;
  let cursor: number | undefined;
  const kept = (): EventParts[] => {
    const start = total % size;
    return total < size ? parts.slice(0, total) : [...parts.slice(start), ...parts.slice(0, start)];
  };
  return {
    get count() {
      return Math.min(total, size);
    },
    get cursor() {
      return cursor;
    },
    add: (event) => {
      const slot = parts[total % size];
      if (slot !== undefined) fillParts(slot, event);
      times[total % size] = event.timeUs;
      total += 1;
      cursor = event.cursor;
    },
    identities: () => kept().map(identityOfParts),
    micros: () => lowerQuartile([...new Map(kept().map(({ did, micros }) => [did, micros])).values()]),
    timeUs: () => {
      const count = Math.min(total, size);
      return times.slice(0, count).toSorted()[count >> 1] ?? Number.NaN;
    },
  };
}

/** What tells an event from every other, the same at every host: 16 characters. */
export function eventIdentity(event: JetstreamEvent): string {
  const parts: EventParts = { did: '', micros: 0, detail: 0, collection: '', rkey: '', isDelete: false };
  fillParts(parts, event);
  return identityOfParts(parts);
}

/** The time of an event on its sender's clock: its rev's, or the inner time. In microseconds. */
export function eventMicros(event: JetstreamEvent): number {
  return event.kind === 'commit' ? event.rev.micros : event.eventMicros;
}

interface EventParts {
  did: string;
  micros: number;
  /** The rev's clock id; -1 for an identity, -2 for an account event. */
  detail: number;
  collection: string;
  rkey: string;
  /** One commit may delete a record and write it again. */
  isDelete: boolean;
}

function fillParts(parts: EventParts, event: JetstreamEvent): void {
  parts.did = event.did;
  if (event.kind === 'commit') {
    parts.micros = event.rev.micros;
    parts.detail = event.rev.clockId;
    parts.collection = event.collection;
    parts.rkey = event.rkey;
    parts.isDelete = event.operation === 'delete';
    return;
  }
  parts.micros = event.eventMicros;
  parts.detail = event.kind === 'identity' ? -1 : -2;
  parts.collection = '';
  parts.rkey = '';
  parts.isDelete = false;
}

function identityOfParts({ did, micros, detail, collection, rkey, isDelete }: EventParts): string {
  const text = `${did}\n${micros}\n${detail}\n${collection}\n${rkey}${isDelete ? '\ndelete' : ''}`;
  return hash('sha256', text, 'base64url').slice(0, 16);
}
