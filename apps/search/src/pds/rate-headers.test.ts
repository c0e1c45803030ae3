import { describe, expect, test } from 'vitest';
import { readRateHeaders } from './rate-headers.ts';

const NOW = Date.UTC(2026, 6, 4);
const read = (headers: Record<string, string>) => readRateHeaders(new Headers(headers), NOW);

describe('readRateHeaders', () => {
  test('reads what a PDS sends', () => {
    expect(read({ 'ratelimit-remaining': '17', 'ratelimit-reset': String(NOW / 1000 + 60) })).toEqual({
      remaining: 17,
      resetAtMs: NOW + 60_000,
    });
  });

  test('takes seconds from now, and goes by retry-after first', () => {
    expect(read({ 'ratelimit-reset': '30' }).resetAtMs).toBe(NOW + 30_000);
    expect(read({ 'ratelimit-reset': '30', 'retry-after': '5' }).resetAtMs).toBe(NOW + 5_000);
  });

  test.each(['', 'soon', '-1', '1.5', '9'.repeat(20)])('takes %j for nothing', (text) => {
    expect(read({ 'ratelimit-remaining': text, 'ratelimit-reset': text })).toEqual({
      remaining: undefined,
      resetAtMs: undefined,
    });
  });
});
