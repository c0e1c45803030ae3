import { encode } from '@atcute/cbor';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { payloadCid } from './payload-cid.ts';
import { payloadText } from './record-text.ts';

const bytes = (hex: string): Buffer => Buffer.from(hex, 'hex');
const nested = (levels: number): Buffer => Buffer.concat([Buffer.alloc(levels, 0x81), Buffer.of(0x01)]);

describe('the JSON of a payload', () => {
  test('is that of the record which was encoded', () => {
    const key = fc.string().filter((name) => name !== '$bytes' && name !== '$link');
    const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
      tree: fc.oneof(
        { depthSize: 'small' },
        fc.constantFrom(null, true, false),
        fc.maxSafeInteger().map((value) => value + 0),
        fc.string({ unit: 'grapheme' }),
        fc.array(tie('tree')),
        fc.dictionary(key, tie('tree'), { noNullPrototype: true }),
      ),
    }));
    fc.assert(
      fc.property(tree, (record) => {
        const text = payloadText(encode(record));
        expect(text.ok && JSON.parse(text.text)).toEqual(JSON.parse(JSON.stringify(record)));
      }),
    );
  });

  test('has bytes in base64 without padding, and links by their CID', () => {
    const link = payloadCid(encode({}));
    const text = payloadText(encode({ a: { $bytes: 'AQ' }, b: { $link: link } }));
    expect(text).toEqual({ ok: true, text: `{"a":{"$bytes":"AQ"},"b":{"$link":"${link}"}}` });
  });

  test('has integers beyond 2^53 as the float that the live stream makes of them', () => {
    const wide = (hex: string): unknown => {
      const text = payloadText(bytes(`a161761b${hex}`.replace('1b-', '3b')));
      return text.ok ? JSON.parse(text.text) : text.fault;
    };
    expect(wide('7fffffffffffffff')).toEqual({ v: JSON.parse('9223372036854775807') });
    expect(wide('0020000000000001')).toEqual({ v: JSON.parse('9007199254740993') });
    expect(wide('-001fffffffffffff')).toEqual({ v: JSON.parse('-9007199254740992') });
    expect(wide('-7fffffffffffffff')).toEqual({ v: JSON.parse('-9223372036854775808') });
  });

  test('stops at 128 levels, as the live stream does', () => {
    expect(payloadText(nested(128)).ok).toBe(true);
    expect(payloadText(nested(129))).toEqual({ ok: false, fault: 'the payload nests deeper than 128 levels' });
  });

  test('of more bytes or values than a record can have is a fault, and is not decoded', () => {
    const list = (value: number, count: number): Buffer => {
      const head = Buffer.from('9a00000000', 'hex');
      head.writeUInt32BE(count, 1);
      return Buffer.concat([head, Buffer.alloc(count, value)]);
    };
    expect(payloadText(list(0x40, 262_143)).ok).toBe(true);
    for (const value of [0x00, 0x40, 0x60, 0x80, 0xa0]) expect(payloadText(list(value, 262_144)).ok).toBe(false);
    expect(payloadText(encode('x'.repeat(8_000_000))).ok).toBe(true);
    expect(payloadText(encode('x'.repeat(9_000_000))).ok).toBe(false);
  });

  test('of bytes that nest without end, or claim lengths that they have not, is a fault', () => {
    expect(payloadText(nested(1_000_000)).ok).toBe(false);
    for (const hex of [
      '',
      '81',
      '9b001fffffffffffff',
      'bb001fffffffffffff',
      '5b001fffffffffffff',
      '7b7fffffffffffffff',
      '9f01ff',
    ]) {
      expect(payloadText(bytes(hex)).ok).toBe(false);
    }
  });

  test('of what DAG-CBOR has not is a fault: NaN, short floats, tags, other keys, keys out of order or twice, broken text', () => {
    const faults = [
      'fb7ff8000000000000',
      'f97e00',
      'fa7fc00000',
      'c001',
      'a10102',
      'a2616201616101',
      'a2616101616101',
      '62c328',
    ];
    for (const hex of faults) expect(payloadText(bytes(hex)).ok).toBe(false);
  });

  test('never throws, whatever the bytes are', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), (payload) => void payloadText(payload)));
  });

  test('keeps a key named __proto__ as any other', () => {
    expect(payloadText(bytes('a1695f5f70726f746f5f5f01'))).toEqual({ ok: true, text: '{"__proto__":1}' });
  });
});
