import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createEntrySet } from './entry-set.ts';
import { packEntries } from './seen-entry.ts';

const entry = fc.oneof(
  fc.integer({ min: 0, max: 2 ** 40 - 1 }),
  // Many that differ in a few bits only.
  fc.integer({ min: 0, max: 255 }).map((high) => high * 2 ** 32 + 7),
  fc.integer({ min: 0, max: 40 }),
);
const logs = fc.array(fc.array(entry, { maxLength: 60 }), { maxLength: 4 });
const salt = fc.integer({ min: 0, max: 2 ** 32 - 1 });

test('a set of entries has those of its logs and no other', () => {
  fc.assert(
    fc.property(logs, fc.array(entry, { maxLength: 60 }), salt, (added, asked, secret) => {
      const set = createEntrySet(added.map(packEntries), secret);
      const truth = new Set(added.flat());
      for (const one of [...truth, ...asked]) expect(set.has(one)).toBe(truth.has(one));
    }),
  );
});
