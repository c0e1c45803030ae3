/*
 * In: a sequence number with its host, or a time. Out: stored text, and the number for the parameter `cursor`.
 * Keeps: a sequence number goes to the host that gave it and to no other; a time is in microseconds, so it can't be taken for one.
 */

/** Where a stream is to be read from. A sequence number means something on its own host only. */
export type Cursor =
  | { readonly kind: 'seq'; readonly host: string; readonly seq: number }
  | { readonly kind: 'time'; readonly micros: number };

/** Sequence numbers are below, times from here on: both protocols tell them apart by this number alone. */
export const FIRST_TIME_CURSOR = 1e15;

/**
 * The cursor of an event, `host` as hostName() gives it. v1's `cursor` and v2's `seq` are one number on one host.
 * @throws RangeError for what can't be a sequence number.
 */
export function seqCursor(host: string, seq: number): Cursor {
  if (!Number.isSafeInteger(seq) || seq < 0 || seq >= FIRST_TIME_CURSOR) {
    throw new RangeError(`${seq} can't be a sequence number of Jetstream`);
  }
  return { kind: 'seq', host, seq };
}

/**
 * The cursor of a time. @throws RangeError below 2001-09-09, where a host would take it for a sequence number: a timestamp in
 * milliseconds lies there.
 */
export function timeCursor(micros: number): Cursor {
  const whole = Math.floor(micros);
  if (!Number.isSafeInteger(whole) || whole < FIRST_TIME_CURSOR) {
    throw new RangeError(`${micros} can't be a time cursor: it has to be microseconds since 1970`);
  }
  return { kind: 'time', micros: whole };
}

/** The value of the parameter `cursor` at `host`; undefined where the cursor means nothing there. */
export function cursorParameter(cursor: Cursor, host: string): string | undefined {
  if (cursor.kind === 'time') return String(cursor.micros);
  return cursor.host === host ? String(cursor.seq) : undefined;
}

/** As it is stored: `seq:123@jetstream.us-east.bsky.network`, `time:1785000000000000`. */
export function encodeCursor(cursor: Cursor): string {
  return cursor.kind === 'time' ? `time:${cursor.micros}` : `seq:${cursor.seq}@${cursor.host}`;
}

/** The cursor that a stored text stands for, undefined for any other text. Never throws. */
export function decodeCursor(text: string): Cursor | undefined {
  const { time, seq, host } = STORED.exec(text)?.groups ?? {};
  try {
    if (time !== undefined) return timeCursor(Number(time));
    return seq === undefined || host === undefined ? undefined : seqCursor(host, Number(seq));
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

const STORED = /^(?:time:(?<time>\d{1,17})|seq:(?<seq>\d{1,17})@(?<host>[^\s@]{1,255}))$/;
