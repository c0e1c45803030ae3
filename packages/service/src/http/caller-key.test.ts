import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { callerKey } from './caller-key.ts';

describe('the key of a caller', () => {
  test.for([
    ['192.0.2.7', '192.0.2.7'],
    ['2001:db8::1', '2001:db8::/64'],
    ['2001:db8:0:0:ffff:ffff:ffff:ffff', '2001:db8::/64'],
    ['2001:DB8:0000:0001::', '2001:db8:0:1::/64'],
    ['::1', '::/64'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['::ffff:c000:207', '192.0.2.7'],
    ['0:0:0:0:0:FFFF:192.0.2.7', '192.0.2.7'],
    ['fe80::1%eth0', 'fe80::/64'],
    ['[2001:db8::1]', '2001:db8::/64'],
    ['[2001:db8::1]:443', '2001:db8::/64'],
    ['192.0.2.7:5678', '192.0.2.7'],
    [' 192.0.2.7 ', '192.0.2.7'],
  ] as const)('is of %s %s', ([ip, key]) => {
    expect(callerKey(ip)).toBe(key);
  });

  test.for(['', 'unknown', '_hidden', '192.0.2', '0x7f.1', '2130706433', '192.0.2.256', '2001:db8:::1', '[::1', '%'])(
    'is %j itself, which is not an address',
    (text) => expect(callerKey(text)).toBe(text),
  );

  test('is short, whatever a header brings', () => {
    expect(callerKey('x'.repeat(10_000))).toBe('x'.repeat(64));
    fc.assert(fc.property(fc.string({ maxLength: 2_000 }), (text) => callerKey(text).length <= 64));
  });

  test('is of an IPv4 address that address', () => {
    fc.assert(fc.property(fc.ipV4(), (ip) => callerKey(ip) === ip && callerKey(`::ffff:${ip}`) === ip));
  });

  test('is one for all addresses of a /64, and another for its neighbour', () => {
    const parts = (count: number) => fc.array(fc.nat(0xffff), { minLength: count, maxLength: count });
    const hex = (numbers: readonly number[]) => numbers.map((number) => number.toString(16)).join(':');
    fc.assert(
      fc.property(parts(2), parts(4), ([a = 0, b = 0], host) => {
        const key = callerKey(`2001:${hex([a, b, 7])}:${hex(host)}`);
        expect(key).toMatch(/:7::\/64$/);
        expect(callerKey(`2001:${hex([a, b, 7])}:0:0:0:1`)).toBe(key);
        expect(callerKey(`2001:${hex([a, b, 8])}:${hex(host)}`)).not.toBe(key);
      }),
    );
  });
});
