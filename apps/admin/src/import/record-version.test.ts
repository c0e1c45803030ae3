import { commitVersion, formatTid, versionToBigInt } from '@updraft/atproto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { importedVersion } from './record-version.ts';

const FIRST_MS = Date.UTC(2022, 10, 1);
const moment = fc.integer({ min: FIRST_MS, max: Date.UTC(2034, 0, 1) });
const rkey = fc.oneof(
  fc.constant('self'),
  moment.map((ms) => formatTid({ micros: ms * 1000, clockId: 0 })),
);

describe('importedVersion', () => {
  it('is below that of any commit of the network, so that whatever the stream says wins', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true }), rkey, fc.boolean(), moment, (at, key, isDelete, rev) => {
        const live = commitVersion({ micros: rev * 1000, clockId: 0 }, true);
        const imported = versionToBigInt(importedVersion(at, key, isDelete));
        expect(imported).toBeGreaterThan(0n);
        expect(imported).toBeLessThan(versionToBigInt(live));
      }),
    );
  });

  it('rises with the time at which the source saw the record, and at one time the write wins', () => {
    fc.assert(
      fc.property(moment, fc.integer({ min: 1, max: 1e9 }), rkey, (at, later, key) => {
        const made = versionToBigInt(importedVersion(at, key, false));
        expect(versionToBigInt(importedVersion(at, key, true))).toBeLessThan(made);
        expect(versionToBigInt(importedVersion(at + later, key, true))).toBeGreaterThan(made);
      }),
    );
  });
});
