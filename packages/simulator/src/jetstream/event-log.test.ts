import { afterEach, expect, test } from 'vitest';
import { createEventLog, type EventLog } from './event-log.ts';
import { frameEnd, payloadStart } from './frame-scan.ts';

let log: EventLog;
afterEach(() => log[Symbol.dispose]());

function textsFrom(seq: number, maxBytes = 10_000): string[] {
  const texts: string[] = [];
  for (let place = log.placeOfSeq(seq); ; ) {
    const { frames, next, count } = log.read(place, maxBytes, 1_000);
    if (count === 0) return texts;
    for (let at = 0; at < frames.length; at = frameEnd(frames, at))
      texts.push(frames.toString('utf8', payloadStart(frames, at), frameEnd(frames, at)));
    place = next;
  }
}

test('what was appended is read back in order, from memory and from files, large events too', () => {
  log = createEventLog(100);
  const sizes = Array.from({ length: 6_000 }, (_, i) => (i % 1_000 === 999 ? 3_000_000 : i % 2_000));
  for (const [i, size] of sizes.entries()) log.append({ line: `${i} ${'x'.repeat(size)}`, timeUs: 1e15 + i });
  expect(log.nextSeq).toBe(6_100);
  expect(textsFrom(100).map((text) => text.length)).toEqual(sizes.map((size, i) => String(i).length + 1 + size));
  expect(textsFrom(6_090).map((text) => Number.parseInt(text, 10))).toEqual([
    5_990, 5_991, 5_992, 5_993, 5_994, 5_995, 5_996, 5_997, 5_998, 5_999,
  ]);
});

test('a time is found as the first event that is not older, inversions or not', () => {
  log = createEventLog();
  const times = Array.from({ length: 5_000 }, (_, i) => 1e15 + i * 10 + (i % 7) * 30);
  for (const [i, time] of times.entries()) log.append({ line: `{"did":"d","time_us":${time},"i":${i}}`, timeUs: time });
  for (const time of [1e15, 1e15 + 1, 1e15 + 12_345, 1e15 + 30_000, times.at(-1) ?? 0]) {
    expect(log.placeOfTime(time).seq).toBe(times.findIndex((candidate) => candidate >= time) + 1);
  }
  expect(log.placeOfTime(1e15 + 1e9).seq).toBe(log.nextSeq);
});

test('a cursor before the oldest kept event is moved there', () => {
  log = createEventLog(1, 4 << 20);
  for (let i = 0; i < 10_000; i++) {
    log.append({ line: `{"did":"d","time_us":${1e15 + i}}${' '.repeat(5_000)}`, timeUs: 1e15 + i });
  }
  log.forgetBefore(1e15 + 9_000);
  expect(log.firstSeq).toBeGreaterThan(1_000);
  expect(log.placeOfSeq(1).seq).toBe(log.firstSeq);
  expect(log.read(log.placeOfSeq(1), 1_000, 1).count).toBe(1);
});

test.each([10, 5_000, 9_990])(
  'events from %i on can be taken back, from memory or files, and others get their numbers',
  (seq) => {
    log = createEventLog(1, 4 << 20);
    const line = (i: number, text: string) =>
      `{"did":"d","time_us":${1e15 + i},"${text}":${i},"x":"${'y'.repeat(2_000)}"}`;
    for (let i = 1; i < 10_000; i++)
      log.append({ line: line(i, 'old'), timeUs: 1e15 + i, ...(i % 3 === 0 && { only: 'v2' }) });
    const taken = log.takeBack(seq);
    expect(taken.map((event) => event.line)).toEqual(
      Array.from({ length: 10_000 - seq }, (_, i) => line(seq + i, 'old')),
    );
    expect(taken.map(({ only }) => only === 'v2')).toEqual(taken.map((_, i) => (seq + i) % 3 === 0));
    expect(log.nextSeq).toBe(seq);
    for (let i = seq; i < 12_000; i++) log.append({ line: line(i, 'new'), timeUs: 1e15 + i });
    const texts = textsFrom(seq - 5, 100_000);
    expect(texts.map((text) => /"(old|new)":(\d+)/.exec(text)?.slice(1))).toEqual(
      Array.from({ length: 12_005 - seq }, (_, i) => [i < 5 ? 'old' : 'new', String(seq - 5 + i)]),
    );
    expect(log.visibility.onlyOf(seq)).toBeUndefined();
    expect(log.placeOfTime(1e15 + 11_000).seq).toBe(11_000);
  },
);
