import { expect, test } from 'vitest';
import { isPinnedAt, pin } from './pins.ts';

const POST = 'at://did:plc:a/app.bsky.feed.post/3l3frqadlo32h';
const at = (time: string) => Date.parse(time);

test('a post without times is pinned always, one with them from the first moment until the last', () => {
  expect(isPinnedAt(pin.parse(POST), 0)).toBe(true);
  const timed = pin.parse({ post: POST, from: '2026-07-04T12:00:00+02:00', until: '2026-07-05T00:00:00Z' });
  const moments = ['2026-07-04T09:59:59Z', '2026-07-04T10:00:00Z', '2026-07-04T23:59:59Z', '2026-07-05T00:00:00Z'];
  expect(moments.map((moment) => isPinnedAt(timed, at(moment)))).toEqual([false, true, true, false]);
});

test('hours of the day are those of the time zone, in summer and in winter, also over midnight', () => {
  const day = pin.parse({ post: POST, hours: '09:00-17:30', timeZone: 'Europe/Berlin' });
  const summer = ['2026-07-04T06:59:59Z', '2026-07-04T07:00:00Z', '2026-07-04T15:29:59Z', '2026-07-04T15:30:00Z'];
  const winter = ['2026-12-04T07:59:59Z', '2026-12-04T08:00:00Z', '2026-12-04T16:29:59Z', '2026-12-04T16:30:00Z'];
  for (const moments of [summer, winter])
    expect(moments.map((moment) => isPinnedAt(day, at(moment)))).toEqual([false, true, true, false]);
  const night = pin.parse({ post: POST, hours: '22:00-06:00' });
  const evening = ['2026-07-04T21:59:00Z', '2026-07-04T22:00:00Z', '2026-07-05T05:59:00Z', '2026-07-05T06:00:00Z'];
  expect(evening.map((moment) => isPinnedAt(night, at(moment)))).toEqual([false, true, true, false]);
  const untilMidnight = pin.parse({ post: POST, hours: '22:00-24:00', from: '2026-07-04T22:30:00Z' });
  const late = ['2026-07-04T22:10:00Z', '2026-07-04T23:59:00Z', '2026-07-05T00:00:00Z'];
  expect(late.map((moment) => isPinnedAt(untilMidnight, at(moment)))).toEqual([false, true, false]);
});
