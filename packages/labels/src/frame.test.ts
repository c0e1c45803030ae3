import { encode, toBytes } from '@atcute/cbor';
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

test('a frame of more labels than its bytes can hold is unreadable: each would cost hundreds of times its size', () => {
  const kindOf = (labels: unknown[]) => readLabelFrame(frame({ op: 1, t: '#labels' }, { seq: 3, labels })).kind;
  expect(kindOf(Array.from({ length: 100_000 }, () => ({})))).toBe('unreadable');
  const short = { ver: 1, src: 'did:web:a.example', uri: 'did:web:b.example', val: 'x', cts: '2026-07-04T10:00:00Z' };
  expect(kindOf(Array.from({ length: 5_000 }, () => ({ ...short, sig: toBytes(new Uint8Array(64)) })))).toBe('labels');
});

test('any bytes are read without throwing', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      expect(readLabelFrame(bytes).kind).toMatch(/^(unreadable|unknown|error|info|labels)$/);
    }),
  );
});
