import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { entryAt, entryCount, logsBefore, packEntries, seenEntry } from './seen-entry.ts';

/** Bytes that repeat, so that an entry is often found across two others. */
const entry = fc
  .array(fc.constantFrom(0, 1, 255), { minLength: 5, maxLength: 5 })
  .map((bytes) => Buffer.from(bytes).readUIntBE(0, 5));
const entries = fc.uniqueArray(entry, { maxLength: 30 });

test('packed entries hold each once, in order', () => {
  fc.assert(
    fc.property(entries, (some) => {
      const log = packEntries([...some, ...some]);
      expect(Array.from({ length: entryCount(log) }, (_, index) => entryAt(log, index))).toEqual(some);
    }),
  );
});

test('a post has another entry for each viewer, and the same one each time', () => {
  const uri = 'at://did:plc:aaaaaaaaaaaaaaaaaaaaaaaa/app.bsky.feed.post/3l3frqadlo32h';
  const [ann, bob] = ['did:plc:annaaaaaaaaaaaaaaaaaaaaa', 'did:plc:bobaaaaaaaaaaaaaaaaaaaaa'];
  expect(seenEntry(ann, uri)).toBe(seenEntry(ann, uri));
  expect(seenEntry(ann, uri)).not.toBe(seenEntry(bob, uri));
  expect(seenEntry(ann, uri)).toBeLessThan(2 ** 40);
});

describe('invariant 5: the logs before an entry', () => {
  test('are what was in them when it came first', () => {
    fc.assert(
      fc.property(fc.array(entries, { maxLength: 4 }), entry, (days, wanted) => {
        const first = days.findIndex((day) => day.includes(wanted));
        const then =
          first < 0
            ? days
            : days.slice(0, first + 1).map((day, n) => (n < first ? day : day.slice(0, day.indexOf(wanted))));
        expect(logsBefore(days.map(packEntries), wanted)).toEqual(then.map(packEntries));
      }),
    );
  });
});
