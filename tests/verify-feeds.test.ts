import { expect, test } from 'vitest';
import { verifyFeeds } from './feeds-world/verify.ts';

test('each feed is as the world says at each moment, whatever is labelled, hidden, listed or killed', async () => {
  const { examples, posts, kills } = await verifyFeeds({ seed: 20_261_126, moments: 4, killEvery: 2 });
  expect(examples).toEqual([]);
  expect(posts).toBeGreaterThan(50);
  expect(kills).toBe(2);
}, 240_000);
