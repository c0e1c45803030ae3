import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type FeedDay, type FeedPart } from './feed-days.ts';
import { createFeedReportReader, feedReports, MIN_VIEWERS } from './feed-report.ts';

const part = (key: string, numViewers: number, more: Partial<FeedPart> = {}): FeedPart => ({
  key,
  numRequests: 2 * numViewers,
  numViewers,
  numServed: 100,
  deeds: { interactionSeen: 50, interactionLike: 7 },
  ...more,
});
const feedDay = (all: FeedPart, more: Partial<FeedDay> = {}): FeedDay => ({
  feed: 'f',
  all,
  variants: [],
  positions: [],
  numUnjoined: 0,
  numSenders: 8,
  ...more,
});
const reportsOf = (feed: FeedDay) => feedReports([{ date: '2026-11-26', feeds: [feed] }], 0);

test('the report keeps the fields that it had, and adds what came back and its rates', () => {
  const [row] = reportsOf(feedDay(part('', 8), { numUnjoined: 3 })).day.days[0]?.feeds ?? [];
  expect(row).toMatchObject({ feed: 'f', num_requests: 16, num_viewers: 8, num_unjoined: 3 });
  expect(row).toMatchObject({ num_served: 100, num_seen: 50, num_likes: 7, num_request_less: 0 });
  expect(row).toMatchObject({ seen_per_served: 0.5, likes_per_seen: 0.14, replies_per_seen: 0 });
});

test('a feed of few readers says how often it was read, as ever, and nothing of what they did', () => {
  const [row] = reportsOf(feedDay(part('', MIN_VIEWERS - 1))).day.days[0]?.feeds ?? [];
  expect(row).toMatchObject({
    num_requests: 8,
    num_viewers: 4,
    num_served: null,
    num_seen: null,
    likes_per_seen: null,
  });
});

test('interactions of few senders that belong to no page are not counted out', () => {
  const unjoined = (numUnjoined: number, numSenders: number) =>
    reportsOf(feedDay(part('', 8), { numUnjoined, numSenders })).day.days[0]?.feeds[0]?.num_unjoined;
  expect(unjoined(3, MIN_VIEWERS - 1)).toBeNull();
  expect([unjoined(3, MIN_VIEWERS), unjoined(0, 0)]).toEqual([3, 0]);
});

test('what is withheld does not follow from the rest: the parts not told have a part with enough viewers among them, or are all', () => {
  const viewers = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(viewers, (sizes) => {
      const variants = sizes.map((size, index) => part(String(index), size));
      const rows = reportsOf(feedDay(part('', 40), { variants })).variant.days[0]?.feeds ?? [];
      const withheld = sizes.filter((_, index) => rows[index]?.num_viewers === null);
      for (const [index, size] of sizes.entries())
        if (size < MIN_VIEWERS)
          expect(rows[index]).toMatchObject({ num_viewers: null, num_requests: null, num_likes: null });
      if (withheld.length > 0 && withheld.length < sizes.length)
        expect(Math.max(...withheld)).toBeGreaterThanOrEqual(MIN_VIEWERS);
      if (sizes.every((size) => size >= MIN_VIEWERS)) expect(withheld).toEqual([]);
    }),
  );
});

test('a caller gets one feed in one breakdown, and an unknown feed is one without days', () => {
  const snapshot = {
    body: JSON.stringify(reportsOf(feedDay(part('', 8)))),
    etag: '"e"',
    computedAtMs: 0,
    firstAtMs: 0,
    tookMs: 0,
  };
  const read = createFeedReportReader();
  expect(JSON.parse(read(snapshot, 'day'))).toEqual(JSON.parse(read(snapshot, 'day', 'f')));
  expect(JSON.parse(read(snapshot, 'day', 'g')).days).toEqual([]);
  expect(JSON.parse(read(snapshot, 'variant')).days).toEqual([]);
});
