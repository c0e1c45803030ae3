import type { CommitEvent } from '@updraft/atproto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { VOTING_ACCOUNTS } from './gaps.ts';
import { createPlace, FIRST_TIME_CURSOR, type Place, REWIND_AT_START, TIME_MARGIN_MICROS } from './place.ts';
import { eventIdentity, TAIL_EVENTS } from './tail.ts';

const NOW = 1_783_175_888_000_000;
const now = () => new Date(NOW / 1000);
const A = 'wss://a.example/subscribe';
const B = 'wss://b.example/subscribe';

function event(index: number, change: Partial<CommitEvent> = {}): CommitEvent {
  const micros = NOW - 3_600_000_000 + index * 10_000;
  return {
    kind: 'commit',
    did: `did:plc:${index}`,
    timeUs: micros + 500_000,
    cursor: 1_000 + index,
    rev: { micros, clockId: 0 },
    operation: 'create',
    collection: 'a.b.c',
    rkey: 'self',
    record: {},
    ...change,
  };
}

function read(place: Place, from: number, to: number, change?: Partial<CommitEvent>) {
  return Array.from({ length: to - from }, (_, i) => place.observe(event(from + i, change))).filter(
    (gap) => gap !== undefined,
  );
}

/** A place that has read events 0 … 999 of host A. */
function placeAfterThousand(change?: Partial<CommitEvent>): Place {
  const place = createPlace({ saved: undefined, startMicros: undefined, now });
  place.resumed(A, undefined, NOW);
  read(place, 0, 1_000, change);
  return place;
}

test('a delete and a write of one key in one commit are two events, and three copies of one are one', () => {
  const [gone, made] = [event(1, { operation: 'delete', record: undefined }), event(1)];
  expect(eventIdentity(gone)).not.toBe(eventIdentity(made));
  expect(eventIdentity({ ...gone, timeUs: 7, cursor: 7 })).toBe(eventIdentity(gone));
});

describe('where to go on', () => {
  test('is the live end for a new store, and the moment of the first opening while nothing has come', () => {
    const place = createPlace({ saved: undefined, startMicros: undefined, now });
    expect(place.resumePoint(A, NOW)).toBeUndefined();
    place.resumed(A, undefined, NOW);
    expect(place.resumePoint(A, NOW + 5_000_000)).toEqual({ by: 'time', cursor: NOW });
  });

  test('is the wanted start for a new store', () => {
    const place = createPlace({ saved: undefined, startMicros: NOW - 7_200_000_000, now });
    expect(place.resumePoint(A, NOW)).toEqual({ by: 'time', cursor: NOW - 7_200_000_000 });
  });

  test('is by sequence number at the same host, a little before the last', () => {
    expect(placeAfterThousand().resumePoint(A, NOW)).toEqual({ by: 'seq', cursor: 1_999 - TAIL_EVENTS });
  });

  test('is no time that the servers\u2019 clocks alone have reached', () => {
    const shownAt = (micros: number) => placeAfterThousand({ timeUs: micros }).resumePoint(B, NOW)?.cursor ?? 0;
    const sent = NOW - 3_600_000_000 + 1_000 * 10_000;
    expect(shownAt(sent - 540_000_000)).toBe(sent - 540_000_000 - TIME_MARGIN_MICROS);
    expect(shownAt(sent + 540_000_000)).toBe(shownAt(1));
    expect(Math.abs(shownAt(1) - sent)).toBeLessThan(2 * TIME_MARGIN_MICROS);
  });

  test('is never a sequence number of another host, also when that one opened and brought nothing', () => {
    const place = placeAfterThousand();
    place.resumed(B, place.resumePoint(B, NOW), NOW);
    expect(place.resumePoint(B, NOW)).toEqual({ by: 'time', cursor: expect.any(Number) });
    expect(place.resumePoint(A, NOW)).toEqual({ by: 'seq', cursor: 1_999 - TAIL_EVENTS });
  });

  test('is by time at another host, and where events carry no number', () => {
    const byTime = { by: 'time', cursor: expect.any(Number) };
    expect(placeAfterThousand().resumePoint(B, NOW)).toEqual(byTime);
    const legacy = placeAfterThousand({ cursor: undefined }).resumePoint(A, NOW);
    expect(legacy).toEqual(byTime);
    expect(legacy?.cursor).toBeLessThan(event(999 - TAIL_EVENTS / 2).rev.micros - TIME_MARGIN_MICROS);
  });

  test('after a restart rewinds further', () => {
    const saved = placeAfterThousand().progress();
    const place = createPlace({ saved, startMicros: undefined, now });
    expect(place.resumePoint(A, NOW)).toEqual({ by: 'seq', cursor: 1_999 - REWIND_AT_START });
  });

  test('is not moved by a connection that opens and brings nothing', () => {
    const place = placeAfterThousand();
    place.resumed(B, place.resumePoint(B, NOW), NOW);
    expect(place.resumePoint(B, NOW)?.by).toBe('time');
    expect(place.resumePoint(A, NOW)).toEqual({ by: 'seq', cursor: 1_999 - TAIL_EVENTS });
  });

  test('by time is always in microseconds and never above the wall clock, whatever the revs say', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }), { minLength: 1, maxLength: 300 }),
        (micros) => {
          const place = createPlace({ saved: undefined, startMicros: undefined, now });
          place.resumed(A, undefined, NOW);
          for (const [index, at] of micros.entries()) place.observe(event(index, { rev: { micros: at, clockId: 0 } }));
          const point = place.resumePoint(B, NOW);
          expect(point?.by).toBe('time');
          expect(point?.cursor).toBeGreaterThanOrEqual(FIRST_TIME_CURSOR);
          expect(point?.cursor).toBeLessThanOrEqual(NOW);
          expect(Number.isSafeInteger(point?.cursor)).toBe(true);
        },
      ),
    );
  });
});

describe('after a resume', () => {
  test('nothing is saved until the known place is met again', () => {
    const saved = placeAfterThousand().progress();
    const place = createPlace({ saved, startMicros: undefined, now });
    place.resumed(A, place.resumePoint(A, NOW), NOW);
    read(place, 0, 500);
    expect(place.progress()).toBeUndefined();
    read(place, 500, 1_100);
    expect(place.progress()).toMatchObject({ cursor: 2_099, host: A, lastSeq: event(1_100 - TAIL_EVENTS / 2).timeUs });
  });

  test('a stream that goes on beyond the place gives one gap, from the known to the first met', () => {
    const place = placeAfterThousand();
    place.resumed(B, place.resumePoint(B, NOW), NOW);
    const gaps = read(place, 200_000, 201_000);
    expect(gaps).toHaveLength(1);
    expect(gaps[0]).toMatchObject({ host: B, kind: 'possible' });
    expect(gaps[0]?.fromTime).toBeLessThanOrEqual(event(999).rev.micros);
    expect(gaps[0]?.toTime).toBeGreaterThanOrEqual(event(200_000).rev.micros);
    expect(place.progress()).toMatchObject({ host: B });
  });

  test('a gap is also found when the stream breaks again before it shows', () => {
    const place = placeAfterThousand();
    place.resumed(B, place.resumePoint(B, NOW), NOW);
    expect(read(place, 200_000, 200_000 + VOTING_ACCOUNTS - 1)).toEqual([]);
    place.resumed(B, place.resumePoint(B, NOW), NOW);
    expect(read(place, 200_000, 201_000)).toHaveLength(1);
  });

  test('the same gap found again after a crash has the same id', () => {
    const ids = [200_000, 200_300].map((from) => {
      const place = createPlace({ saved: placeAfterThousand().progress(), startMicros: undefined, now });
      place.resumed(B, place.resumePoint(B, NOW), NOW);
      return read(place, from, from + 1_000)[0]?.gapId;
    });
    expect(ids[0]).toMatch(/^[0-9a-f]{32}$/);
    expect(ids[0]).toBe(ids[1]);
  });

  test('another host with other times meets the same events', () => {
    const place = placeAfterThousand();
    place.resumed(B, place.resumePoint(B, NOW), NOW);
    expect(read(place, 700, 2_000, { timeUs: 1, cursor: 5 })).toEqual([]);
    expect(place.progress()).toMatchObject({ host: B, cursor: 5, lastSeq: FIRST_TIME_CURSOR });
  });
});

describe('a stretch that is to be read again', () => {
  test('is read by time, and saved so, until the stream is again where it was', () => {
    const place = placeAfterThousand();
    const since = event(500).rev.micros;
    place.rewind(since, B);
    expect(place.progress()).toMatchObject({ host: B, oldestKeptMicros: since, recent: [] });
    const point = place.resumePoint(B, NOW);
    expect(point).toEqual({ by: 'time', cursor: since - TIME_MARGIN_MICROS });
    place.resumed(B, point, NOW);
    expect(read(place, 480, 740)).toEqual([]);
    expect(place.progress()).toMatchObject({ oldestKeptMicros: since });
    expect(read(place, 740, 1_100)).toEqual([]);
    expect(place.progress()?.recent).toHaveLength(TAIL_EVENTS);
    expect(place.resumePoint(B, NOW)).toMatchObject({ by: 'seq' });
  });

  test('is read again after a restart, too', () => {
    const before = placeAfterThousand();
    const since = event(500).rev.micros;
    before.rewind(since, B);
    const place = createPlace({ saved: before.progress(), startMicros: undefined, now });
    expect(place.resumePoint(B, NOW)).toEqual({ by: 'time', cursor: since - TIME_MARGIN_MICROS });
  });
});

describe('an event that is left out', () => {
  test('has one row, which ends where the stream is when that is over', () => {
    const place = placeAfterThousand();
    const first = place.leftOut(A, NOW, false);
    read(place, 1_000, 1_500);
    const last = place.leftOut(A, NOW, true);
    expect(last).toMatchObject({ gapId: first.gapId, kind: 'left_out', fromTime: first.fromTime });
    expect(last.toTime).toBeGreaterThan(first.toTime);
    expect(place.leftOut(A, NOW, false).gapId).not.toBe(first.gapId);
  });

  test('is stepped over by so many numbers at its host, by so many seconds elsewhere', () => {
    const place = placeAfterThousand();
    expect(place.resumePoint(A, NOW, 4)).toEqual({ by: 'seq', cursor: 1_999 + 1 + 4 });
    const here = place.micros() ?? 0;
    expect(place.resumePoint(B, NOW, 4)).toEqual({ by: 'time', cursor: here + 4_000_000 });
  });
});
