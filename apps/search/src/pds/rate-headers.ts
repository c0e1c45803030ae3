/** A PDS's limits, as each answer gives them. Source: https://docs.bsky.app/docs/advanced-guides/rate-limits */
export interface RateHeaders {
  /** Points left; undefined when the answer does not say. */
  readonly remaining: number | undefined;
  /** When all points are back, in ms since 1970. */
  readonly resetAtMs: number | undefined;
}

/** Reads `ratelimit-remaining`, `ratelimit-reset` (seconds since 1970) and `retry-after` (seconds). Nonsense counts as absent. */
export function readRateHeaders(headers: Headers, nowMs: number): RateHeaders {
  const resetS = wholeNumber(headers.get('ratelimit-reset'));
  const retryS = wholeNumber(headers.get('retry-after'));
  const resetAtMs = retryS === undefined ? undefined : nowMs + retryS * 1000;
  return {
    remaining: wholeNumber(headers.get('ratelimit-remaining')),
    resetAtMs: resetAtMs ?? sinceEpoch(resetS, nowMs),
  };
}

/** Some servers count from now instead of from 1970. */
function sinceEpoch(seconds: number | undefined, nowMs: number): number | undefined {
  if (seconds === undefined) return undefined;
  return seconds > 1e9 ? seconds * 1000 : nowMs + seconds * 1000;
}

function wholeNumber(text: string | null): number | undefined {
  return text !== null && /^\d{1,12}$/.test(text.trim()) ? Number(text) : undefined;
}
