import { parseTimeMicros } from '@updraft/atproto';

/** A start in the past: so long ago, or at a moment. */
export type Since = { readonly agoMs: number } | { readonly atMicros: number };

/** `2h`, `90m`, `3d`, or an ISO 8601 time with its zone; undefined when it is anything else. */
export function parseSince(text: string): Since | undefined {
  const match = /^(\d{1,9}(?:\.\d{1,6})?)(ms|s|m|h|d)$/.exec(text);
  if (match !== null) return { agoMs: Math.round(Number(match[1]) * (UNIT_MS[match[2] ?? ''] ?? Number.NaN)) };
  const atMicros = parseTimeMicros(text);
  return atMicros === undefined ? undefined : { atMicros };
}

/** The moment in microseconds since 1970. */
export function sinceMicros(since: Since, nowMs: number): number {
  return 'agoMs' in since ? (nowMs - since.agoMs) * 1000 : since.atMicros;
}

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
