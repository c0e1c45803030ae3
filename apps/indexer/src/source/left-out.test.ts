import { expect, test } from 'vitest';
import { createLeftOutStretch } from './left-out.ts';

const A = 'wss://a.example/subscribe';

test('a stretch in which events are left out has one row, which ends where the stream is when that is over', () => {
  let micros = 1_000;
  const leftOut = createLeftOutStretch(() => ({ host: A, identities: [`at ${micros}`], micros, cursor: undefined }));
  const first = leftOut(A, micros, false);
  micros = 2_000;
  const last = leftOut(A, micros, true);
  expect(last).toMatchObject({ gapId: first.gapId, kind: 'left_out', fromTime: 1_000, toTime: 2_000 });
  expect(leftOut(A, micros, false).gapId).not.toBe(first.gapId);
});

test('a stretch in which events are left out of a store without events begins now', () => {
  expect(createLeftOutStretch(() => undefined)(A, 7_000, false)).toMatchObject({ fromTime: 7_000, toTime: 7_000 });
});
