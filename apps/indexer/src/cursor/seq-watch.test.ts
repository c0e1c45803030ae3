import type { StreamEvent } from '@updraft/jetstream';
import { expect, test } from 'vitest';
import { createSeqWatch } from './seq-watch.ts';
import { eventIdentity } from './tail.ts';

const MICROS = 1_783_175_888_000_000;

function event(seq: number, did = `did:plc:${seq}`): StreamEvent {
  return { kind: 'account', did, timeUs: MICROS, cursor: seq, eventMicros: MICROS + seq, active: true, status: '' };
}

const knownOf = (...seqs: number[]) => new Map(seqs.map((seq) => [seq, eventIdentity(event(seq))]));

/** What the watch says of each event. */
function watch(from: number | undefined, known: ReadonlyMap<number, string>, events: StreamEvent[]) {
  const watching = createSeqWatch();
  watching.begin(from, known, MICROS);
  return events.map(watching.observe);
}

test('a server that sends the same events under the same numbers did not go back', () => {
  const events = [5, 6, 8, 9].map((seq) => event(seq));
  expect(watch(5, knownOf(6, 8), events)).toEqual([undefined, undefined, undefined, undefined]);
});

test('another event under a known number shows it, once', () => {
  expect(watch(5, knownOf(6, 7), [event(5), event(6, 'did:plc:other'), event(7, 'did:plc:other')])).toEqual([
    undefined,
    MICROS,
    undefined,
  ]);
});

test('a stream that begins below the number it was asked for shows it, and an event that comes again later does not', () => {
  expect(watch(100, knownOf(100), [event(40)])).toEqual([MICROS]);
  expect(watch(100, knownOf(102), [event(100), event(99), event(101)])).toEqual([undefined, undefined, undefined]);
});

test('what was known stays so until it is passed, also when the connection breaks before', () => {
  const watching = createSeqWatch();
  watching.begin(3, knownOf(9), MICROS);
  watching.observe(event(3));
  watching.begin(3, knownOf(3), MICROS + 1);
  expect(watching.observe(event(4))).toBeUndefined();
  expect(watching.observe(event(9, 'did:plc:other'))).toBe(MICROS);
});
