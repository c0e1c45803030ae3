import { expect, test } from 'vitest';
import { createPace } from './poll.ts';
import { RequestError } from './request.ts';

const FAULT = new RequestError('The server can’t be reached.', 0);

test('what is asked for every ten minutes is asked for again within seconds after a fault, then less and less often', () => {
  const pace = createPace(600_000);
  const waits = [1, 2, 3, 4, 5, 6, 7].map(() => pace.after(FAULT));
  expect(waits).toEqual([3_000, 6_000, 12_000, 24_000, 48_000, 60_000, 60_000]);
  expect(pace.after(undefined)).toBe(600_000);
  expect(pace.after(FAULT)).toBe(3_000);
});

test('the server may say when to ask again, within bounds', () => {
  const waitOf = (retryAfterS: number): number =>
    createPace(5_000).after(new RequestError('Later.', 503, { retryAfterS }));
  expect([0, 10, 86_400].map(waitOf)).toEqual([1_000, 10_000, 300_000]);
});
