import { formatTid } from '@updraft/atproto';

/** 2026-07-04T14:38:08Z, in microseconds. */
export const START_MICROS = 1_783_175_888_000_000;

export interface CommitParts {
  did?: string;
  collection?: string;
  rkey?: string;
  operation?: string;
  record?: unknown;
  rev?: string;
  timeUs?: number;
}

/** The TID of a moment. */
export function tid(micros: number, clockId = 0): string {
  return formatTid({ micros, clockId });
}

/** The DID of the nth account. */
export function account(nth: number): string {
  return `did:plc:${nth
    .toString(32)
    .padStart(24, 'a')
    .replace(/[0189]/g, 'z')}`;
}

/** One event as Jetstream sends it; the nth of a stream of ten a second. */
export function commitLine(nth: number, parts: CommitParts = {}): string {
  const micros = START_MICROS + nth * 100_000;
  const {
    did = account(nth % 97),
    collection = 'app.bsky.feed.like',
    operation = 'create',
    rkey = tid(micros),
    rev = tid(micros + 1_000),
  } = parts;
  const {
    record = {
      $type: collection,
      createdAt: '2026-07-04T14:38:08Z',
      subject: { cid: 'bafy', uri: `at://${account(1)}/app.bsky.feed.post/x` },
    },
  } = parts;
  const commit =
    operation === 'delete'
      ? { rev, operation, collection, rkey }
      : { rev, operation, collection, rkey, record, cid: 'bafy' };
  return JSON.stringify({ did, time_us: parts.timeUs ?? micros + 500_000, kind: 'commit', commit });
}

/** Likes of many accounts, `count` from the nth event on. */
export function likes(from: number, count: number): string[] {
  return Array.from({ length: count }, (_, index) => commitLine(from + index));
}
