import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { commitVersion, timeVersion, type Version, versionToBigInt } from './version.ts';

const micros = fc.maxSafeNat();
const revs = fc.record({ micros, clockId: fc.nat(1023) });

describe('a version', () => {
  test('is twice the rev, plus one for a write, which wins over a delete of its commit', () => {
    fc.assert(
      fc.property(revs, fc.boolean(), (rev, isDelete) => {
        const version = commitVersion(rev, isDelete);
        expect(versionToBigInt(version)).toBe(
          ((BigInt(rev.micros) << 10n) | BigInt(rev.clockId)) * 2n + (isDelete ? 0n : 1n),
        );
        expectHalves(version);
      }),
    );
  });

  test('of a time is the least version of a commit in that microsecond', () => {
    fc.assert(
      fc.property(micros, (time) => {
        expect(timeVersion(time)).toEqual(commitVersion({ micros: time, clockId: 0 }, true));
      }),
    );
  });

  test('of any number is a UInt64', () => {
    fc.assert(
      fc.property(fc.double(), (time) => {
        expectHalves(timeVersion(time));
      }),
    );
    expect(timeVersion(Number.POSITIVE_INFINITY)).toEqual(timeVersion(Number.MAX_SAFE_INTEGER));
    expect(timeVersion(Number.NaN)).toEqual({ hi: 0, lo: 0 });
  });
});

function expectHalves({ hi, lo }: Version): void {
  for (const half of [hi, lo]) {
    expect(Number.isInteger(half) && half >= 0 && half < 2 ** 32).toBe(true);
  }
}
