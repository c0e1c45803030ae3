import { parseTimeMicros } from '@updraft/atproto';
import { parseDuration } from '@updraft/service';

/** A start in the past: an age, or a moment. */
export type Since = { readonly agoMs: number } | { readonly atMicros: number };

/** Reads `2h`, `90m`, `3d`, a day such as `2026-07-04` (in UTC), or an ISO 8601 time with its zone; undefined for anything else. */
export function parseSince(text: string): Since | undefined {
  const agoMs = parseDuration(text);
  if (agoMs !== undefined) return { agoMs };
  const atMicros = parseTimeMicros(DAY.test(text) ? `${text}T00:00:00Z` : text);
  return atMicros === undefined ? undefined : { atMicros };
}

const DAY = /^\d{4}-\d\d-\d\d$/;

/** The moment in microseconds since 1970. */
export function sinceMicros(since: Since, nowMs: number): number {
  return 'agoMs' in since ? (nowMs - since.agoMs) * 1000 : since.atMicros;
}
