import { encode } from '@atcute/cbor';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readLabelFrame } from './frame.ts';

const frame = (header: unknown, body: unknown) => Buffer.concat([encode(header), encode(body)]);

test('a frame is labels, a note, an error, a type of later days, or says what is wrong with it', () => {
  expect(readLabelFrame(frame({ op: 1, t: '#labels' }, { seq: 3, labels: ['any'] }))).toEqual({
    kind: 'labels',
    seq: 3,
    labels: ['any'],
  });
  const info = { name: 'OutdatedCursor', message: 'too old' };
  expect(readLabelFrame(frame({ op: 1, t: '#info' }, info))).toEqual({ kind: 'info', ...info });
  const error = { error: 'FutureCursor', message: 'in the future' };
  expect(readLabelFrame(frame({ op: -1 }, error))).toEqual({ kind: 'error', ...error });
  expect(readLabelFrame(frame({ op: 1, t: '#news' }, {}))).toEqual({ kind: 'unknown', type: '#news' });
  for (const seq of [0, -1, 0.5, '1', null])
    expect(readLabelFrame(frame({ op: 1, t: '#labels' }, { seq, labels: [] })).kind).toBe('unreadable');
});

test('any bytes are read without throwing', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      expect(readLabelFrame(bytes).kind).toMatch(/^(unreadable|unknown|error|info|labels)$/);
    }),
  );
});
