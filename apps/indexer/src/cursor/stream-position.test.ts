import type { CommitEvent } from '@updraft/atproto';
import { type Cursor, FIRST_TIME_CURSOR } from '@updraft/jetstream';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { VOTING_ACCOUNTS } from './continuity.ts';
import { TIME_MARGIN_MICROS } from './resume-point.ts';
import { REWIND_SEQS } from './rewinds.ts';
import { createStreamPosition, type StreamPosition } from './stream-position.ts';
import { eventIdentity, TAIL_EVENTS } from './tail.ts';

const NOW = 1_783_175_888_000_000;
const now = () => new Date(NOW / 1000);
const A = 'wss://a.example/subscribe';
const B = 'wss://b.example/subscribe';

const FIRST_SEQ = 20_000;
const LAST_SEQ = FIRST_SEQ + 999;

function event(index: number, change: Partial<CommitEvent> = {}): CommitEvent {
  const micros = NOW - 3_600_000_000 + index * 10_000;
  return {
    kind: 'commit',
    did: `did:plc:${index}`,
    timeUs: micros + 500_000,
    cursor: FIRST_SEQ + index,
    rev: { micros, clockId: 0 },
    operation: 'create',
    collection: 'a.b.c',
    rkey: 'self',
    record: {},
    ...change,
  };
}

function read(position: StreamPosition, from: number, to: number, change?: Partial<CommitEvent>) {
  return Array.from({ length: to - from }, (_, i) => position.observe(event(from + i, change))).filter(
    (gap) => gap !== undefined,
  );
}

const seqAtA = (seq: number): Cursor => ({ kind: 'seq', host: 'a.example', seq });
const microsOf = (point: Cursor | undefined) => (point?.kind === 'time' ? point.micros : Number.NaN);

/** A position that has read events 0 … 999 of host A. */
function positionAfterThousand(change?: Partial<CommitEvent>): StreamPosition {
  const position = createStreamPosition({ saved: undefined, startMicros: undefined, now });
  position.resumed(A, undefined, NOW);
  read(position, 0, 1_000, change);
  return position;
}

test('a delete and a write of one key in one commit are two events, and three copies of one are one', () => {
  const [gone, made] = [event(1, { operation: 'delete', record: undefined }), event(1)];
  expect(eventIdentity(gone)).not.toBe(eventIdentity(made));
  expect(eventIdentity({ ...gone, timeUs: 7, cursor: 7 })).toBe(eventIdentity(gone));
});

describe('where to resume', () => {
  test('is the live end for a new store, and the moment of the first opening while nothing has come', () => {
    const position = createStreamPosition({ saved: undefined, startMicros: undefined, now });
    expect(position.resumePoint(A, NOW)).toBeUndefined();
    position.resumed(A, undefined, NOW);
    expect(position.resumePoint(A, NOW + 5_000_000)).toEqual({ kind: 'time', micros: NOW });
  });

  test('is the wanted start for a new store', () => {
    const position = createStreamPosition({ saved: undefined, startMicros: NOW - 7_200_000_000, now });
    expect(position.resumePoint(A, NOW)).toEqual({ kind: 'time', micros: NOW - 7_200_000_000 });
  });

  test('is by sequence number at the same host, so far before the last that a killed server has no number that was used twice', () => {
    expect(positionAfterThousand().resumePoint(A, NOW)).toEqual(seqAtA(LAST_SEQ - REWIND_SEQS));
  });

  test('is no time that the servers\u2019 clocks alone have reached', () => {
    const shownAt = (micros: number) => microsOf(positionAfterThousand({ timeUs: micros }).resumePoint(B, NOW));
    const sent = NOW - 3_600_000_000 + 1_000 * 10_000;
    expect(shownAt(sent - 540_000_000)).toBe(sent - 540_000_000 - TIME_MARGIN_MICROS);
    expect(shownAt(sent + 540_000_000)).toBe(shownAt(1));
    expect(Math.abs(shownAt(1) - sent)).toBeLessThan(2 * TIME_MARGIN_MICROS);
  });

  test('is never a sequence number of another host, also when that one opened and brought nothing', () => {
    const position = positionAfterThousand();
    position.resumed(B, position.resumePoint(B, NOW), NOW);
    expect(position.resumePoint(B, NOW)).toEqual({ kind: 'time', micros: expect.any(Number) });
    expect(position.resumePoint(A, NOW)).toEqual(seqAtA(LAST_SEQ - REWIND_SEQS));
  });

  test('is by time at another host, and where events carry no number', () => {
    const byTime = { kind: 'time', micros: expect.any(Number) };
    expect(positionAfterThousand().resumePoint(B, NOW)).toEqual(byTime);
    const legacy = positionAfterThousand({ cursor: undefined }).resumePoint(A, NOW);
    expect(legacy).toEqual(byTime);
    expect(microsOf(legacy)).toBeLessThan(event(999 - TAIL_EVENTS / 2).rev.micros - TIME_MARGIN_MICROS);
  });

  test('after a restart is no different', () => {
    const saved = positionAfterThousand().progress();
    const position = createStreamPosition({ saved, startMicros: undefined, now });
    expect(position.resumePoint(A, NOW)).toEqual(seqAtA(LAST_SEQ - REWIND_SEQS));
  });

  test('is a little before the last event when we ended the connection, or the event itself', () => {
    const position = positionAfterThousand();
    expect(position.resumePoint(A, NOW, { rewind: 'clean' })).toEqual(seqAtA(LAST_SEQ - TAIL_EVENTS));
    expect(position.resumePoint(A, NOW, { rewind: 'none' })).toEqual(seqAtA(LAST_SEQ));
  });

  test('goes forward at a host that hangs up after a few hundred events, always', () => {
    const position = positionAfterThousand();
    const places: number[] = [];
    for (let tries = 0; tries < 40; tries++) {
      const point = position.resumePoint(A, NOW);
      const seq = point?.kind === 'seq' ? point.seq : Number.NaN;
      places.push(seq);
      position.resumed(A, point, NOW);
      read(position, seq - FIRST_SEQ, seq - FIRST_SEQ + 600);
    }
    expect(Math.max(...places.slice(20))).toBeGreaterThan(LAST_SEQ);
  });

  test('is by sequence number at the same server by the other protocol', () => {
    expect(positionAfterThousand().resumePoint('wss://a.example', NOW)).toEqual(seqAtA(LAST_SEQ - REWIND_SEQS));
  });

  test('is not moved by a connection that opens and brings nothing', () => {
    const position = positionAfterThousand();
    position.resumed(B, position.resumePoint(B, NOW), NOW);
    expect(position.resumePoint(B, NOW)?.kind).toBe('time');
    expect(position.resumePoint(A, NOW)).toEqual(seqAtA(LAST_SEQ - REWIND_SEQS));
  });

  test('by time is always in microseconds and never above the wall clock, whatever the revs say', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }), { minLength: 1, maxLength: 300 }),
        (micros) => {
          const position = createStreamPosition({ saved: undefined, startMicros: undefined, now });
          position.resumed(A, undefined, NOW);
          for (const [index, at] of micros.entries())
            position.observe(event(index, { rev: { micros: at, clockId: 0 } }));
          const point = position.resumePoint(B, NOW);
          expect(point?.kind).toBe('time');
          expect(microsOf(point)).toBeGreaterThanOrEqual(FIRST_TIME_CURSOR);
          expect(microsOf(point)).toBeLessThanOrEqual(NOW);
          expect(Number.isSafeInteger(microsOf(point))).toBe(true);
        },
      ),
    );
  });
});

describe('after a resume', () => {
  test('nothing is saved until the known position is met again', () => {
    const saved = positionAfterThousand().progress();
    const position = createStreamPosition({ saved, startMicros: undefined, now });
    position.resumed(A, position.resumePoint(A, NOW), NOW);
    read(position, 0, 500);
    expect(position.progress()).toBeUndefined();
    read(position, 500, 1_100);
    expect(position.progress()).toMatchObject({
      cursor: FIRST_SEQ + 1_099,
      host: A,
      lastSeq: event(1_100 - TAIL_EVENTS / 2).timeUs,
    });
  });

  test('a stream that goes on beyond its position gives one gap, from the known to the first met', () => {
    const position = positionAfterThousand();
    position.resumed(B, position.resumePoint(B, NOW), NOW);
    const gaps = read(position, 200_000, 201_000);
    expect(gaps).toHaveLength(1);
    expect(gaps[0]).toMatchObject({ host: B, kind: 'possible' });
    expect(gaps[0]?.fromTime).toBeLessThanOrEqual(event(999).rev.micros);
    expect(gaps[0]?.toTime).toBeGreaterThanOrEqual(event(200_000).rev.micros);
    expect(position.progress()).toMatchObject({ host: B });
  });

  test('a gap is also found when the stream breaks again before it shows', () => {
    const position = positionAfterThousand();
    position.resumed(B, position.resumePoint(B, NOW), NOW);
    expect(read(position, 200_000, 200_000 + VOTING_ACCOUNTS - 1)).toEqual([]);
    position.resumed(B, position.resumePoint(B, NOW), NOW);
    expect(read(position, 200_000, 201_000)).toHaveLength(1);
  });

  test('the same gap found again after a crash has the same id', () => {
    const ids = [200_000, 200_300].map((from) => {
      const position = createStreamPosition({ saved: positionAfterThousand().progress(), startMicros: undefined, now });
      position.resumed(B, position.resumePoint(B, NOW), NOW);
      return read(position, from, from + 1_000)[0]?.gapId;
    });
    expect(ids[0]).toMatch(/^[0-9a-f]{32}$/);
    expect(ids[0]).toBe(ids[1]);
  });

  test('another host with other times meets the same events', () => {
    const position = positionAfterThousand();
    position.resumed(B, position.resumePoint(B, NOW), NOW);
    expect(read(position, 700, 2_000, { timeUs: 1, cursor: 5 })).toEqual([]);
    expect(position.progress()).toMatchObject({ host: B, cursor: 5, lastSeq: FIRST_TIME_CURSOR });
  });
});

describe('a stretch that is to be read again', () => {
  test('is read by time, and saved so, until the stream is again where it was', () => {
    const position = positionAfterThousand();
    const since = event(500).rev.micros;
    position.rewind(since, B);
    expect(position.progress()).toMatchObject({ host: B, oldestKeptMicros: since, recent: [] });
    const point = position.resumePoint(B, NOW);
    expect(point).toEqual({ kind: 'time', micros: since - TIME_MARGIN_MICROS });
    position.resumed(B, point, NOW);
    expect(read(position, 480, 740)).toEqual([]);
    expect(position.progress()).toMatchObject({ oldestKeptMicros: since });
    expect(read(position, 740, 1_100)).toEqual([]);
    expect(position.progress()?.recent).toHaveLength(TAIL_EVENTS);
    expect(position.resumePoint(B, NOW)).toMatchObject({ kind: 'seq' });
  });

  test('is read again after a restart, too', () => {
    const before = positionAfterThousand();
    const since = event(500).rev.micros;
    before.rewind(since, B);
    const position = createStreamPosition({ saved: before.progress(), startMicros: undefined, now });
    expect(position.resumePoint(B, NOW)).toEqual({ kind: 'time', micros: since - TIME_MARGIN_MICROS });
  });
});

describe('an event that is left out', () => {
  test('is stepped over by so many numbers at its host, by so many seconds elsewhere', () => {
    const position = positionAfterThousand();
    expect(position.resumePoint(A, NOW, { stepOver: 4 })).toEqual(seqAtA(LAST_SEQ + 1 + 4));
    const here = position.last()?.micros ?? 0;
    expect(position.resumePoint(B, NOW, { stepOver: 4 })).toEqual({ kind: 'time', micros: here + 4_000_000 });
  });
});
