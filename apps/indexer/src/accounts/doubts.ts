import { type AccountEvent, type IdentityEvent, isClockError, orderMicros } from '@updraft/atproto';
import type { StreamEvent } from '@updraft/jetstream';
import { LRUCache } from 'lru-cache';

/** A reason to ask an account's own server. */
export interface Doubt {
  readonly did: string;
  /** clock: the event's inner time is in the future. order: it came after an event that it contradicts and that counts as later. */
  readonly reason: 'clock' | 'order';
  readonly about: 'status' | 'handle';
  /** What the event itself says: an upstream host may take an account down without telling its server. */
  readonly status: string;
  /** The time of the account's latest event, in microseconds since 1970: the answer must count as later. */
  readonly afterMicros: number;
}

export interface Doubts {
  /** Takes the next event of the stream. */
  observe(event: StreamEvent): Doubt | undefined;
  /** The account's server has said this as of that time. What is known to be later stays. */
  answered(doubt: Pick<Doubt, 'did' | 'about'>, said: string, micros: number): void;
}

/** The latest that was said of an account. */
interface Known {
  /** active, inactive, or the handle. */
  readonly said: string;
  readonly micros: number;
  /** The inner time of the last event that was in the future: a copy of it from elsewhere may look like a correct one. */
  readonly fastMicros: number | undefined;
}

const MAX_ACCOUNTS = 50_000;

/**
 * Watches for events whose order can't be told. It remembers a bounded number of accounts, those with the latest identity or account
 * events, and nothing from before its start.
 */
export function createDoubts({ maxAccounts = MAX_ACCOUNTS }: { readonly maxAccounts?: number } = {}): Doubts {
  const known = new LRUCache<string, Known>({ max: maxAccounts });

  const observe = (event: AccountEvent | IdentityEvent, about: Doubt['about'], said: string): Doubt | undefined => {
    const key = `${about} ${event.did}`;
    const before = known.get(key);
    const micros = orderMicros(event);
    const isFast = isClockError(event) || before?.fastMicros === event.eventMicros;
    const isLate = before !== undefined && micros < before.micros;
    const latest = before !== undefined && isLate ? before : { said, micros };
    const fastMicros = isFast ? event.eventMicros : before?.fastMicros;
    known.set(key, { said: latest.said, micros: latest.micros, fastMicros });
    if (!isFast && !(isLate && before.said !== said)) return undefined;
    const status = event.kind === 'account' ? event.status : '';
    return { did: event.did, reason: isFast ? 'clock' : 'order', about, status, afterMicros: latest.micros };
  };
  return {
    observe: (event) => {
      if (event.kind === 'commit' || event.kind === 'sync') return undefined;
      if (event.kind === 'account') return observe(event, 'status', event.active ? 'active' : 'inactive');
      return event.handle === undefined ? undefined : observe(event, 'handle', event.handle);
    },
    answered: ({ did, about }, said, micros) => {
      const before = known.get(`${about} ${did}`);
      if (before !== undefined && before.micros > micros) return; // an event that came meanwhile is later
      known.set(`${about} ${did}`, { said, micros, fastMicros: before?.fastMicros });
    },
  };
}
