import { hash } from 'node:crypto';
import type { StreamEvent } from '@updraft/jetstream';
import { lowerQuartile } from './continuity.ts';

/** How many of the last events are kept, to be recognised after a resume. */
export const TAIL_EVENTS = 256;

/** The last events of the stream, as far as they are needed to recognise them after a resume. */
export interface Tail {
  /** How many are kept. */
  readonly count: number;
  /** The sequence number of the last event, if its host gives one. */
  readonly cursor: number | undefined;
  add(event: StreamEvent): void;
  /** Oldest first. */
  identities(): string[];
  /** The identities by sequence number, of the events since forgetSeqs(). */
  bySeq(): Map<number, string>;
  /** What comes now is numbered by another server, or anew. */
  forgetSeqs(): void;
  /** Rev time in microseconds that a quarter of the accounts in the tail don't exceed; NaN when it is empty. */
  micros(): number;
  /** Median of the events' time_us; NaN when it is empty. */
  timeUs(): number;
}

/** Keeps only strings and numbers of each event, in a ring. Identities are hashed when they are asked for. */
export function createTail(size: number = TAIL_EVENTS): Tail {
  const parts = Array.from({ length: size }, emptyParts);
  const times = new Float64Array(size);
  const seqs = new Float64Array(size);
  let total = 0;
  let cursor: number | undefined;
  let numberedFrom = 0;
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
      seqs[total % size] = event.cursor ?? -1;
      total += 1;
      cursor = event.cursor;
    },
    identities: () => kept().map(identityOfParts),
    bySeq: () => knownBySeq(parts, seqs, Math.max(numberedFrom, total - size), total),
    forgetSeqs: () => {
      numberedFrom = total;
    },
    micros: () => lowerQuartile([...new Map(kept().map(({ did, micros }) => [did, micros])).values()]),
    timeUs: () => {
      const count = Math.min(total, size);
      return times.slice(0, count).toSorted()[count >> 1] ?? Number.NaN;
    },
  };
}

function knownBySeq(parts: readonly EventParts[], seqs: Float64Array, from: number, to: number): Map<number, string> {
  const known = new Map<number, string>();
  for (let nth = from; nth < to; nth++) {
    const [seq, slot] = [seqs[nth % seqs.length] ?? -1, parts[nth % seqs.length]];
    if (seq >= 0 && slot !== undefined) known.set(seq, identityOfParts(slot));
  }
  return known;
}

/** Tells an event from every other, and is the same at every host: 16 characters. */
export function eventIdentity(event: StreamEvent): string {
  return identityOfParts(fillParts(emptyParts(), event));
}

/** The time of an event on its sender's clock: its rev's, or the inner time. In microseconds. */
export function eventMicros(event: StreamEvent): number {
  return event.kind === 'commit' || event.kind === 'sync' ? event.rev.micros : event.eventMicros;
}

interface EventParts {
  did: string;
  micros: number;
  /** The rev's clock id; below 0 for what is no commit. */
  detail: number;
  collection: string;
  rkey: string;
  /** One commit may delete a record and write it again. */
  isDelete: boolean;
}

function emptyParts(): EventParts {
  return { did: '', micros: 0, detail: 0, collection: '', rkey: '', isDelete: false };
}

const DETAIL_OF_KIND = { commit: 0, identity: -1, account: -2, sync: -3 } as const;

function fillParts(parts: EventParts, event: StreamEvent): EventParts {
  const commit = event.kind === 'commit' ? event : undefined;
  parts.did = event.did;
  parts.micros = eventMicros(event);
  parts.detail = commit === undefined ? DETAIL_OF_KIND[event.kind] : commit.rev.clockId;
  parts.collection = commit?.collection ?? '';
  parts.rkey = commit?.rkey ?? '';
  parts.isDelete = commit?.operation === 'delete';
  return parts;
}

function identityOfParts({ did, micros, detail, collection, rkey, isDelete }: EventParts): string {
  const text = `${did}\n${micros}\n${detail}\n${collection}\n${rkey}${isDelete ? '\ndelete' : ''}`;
  return hash('sha256', text, 'base64url').slice(0, 16);
}
