import fc from 'fast-check';
import { expect, it } from 'vitest';
import { formatProgress, parseProgress } from './progress.ts';

it('comes back as it was, with or without a cursor', () => {
  const progress = fc.record(
    {
      lastSeq: fc.integer({ min: 1e15, max: Number.MAX_SAFE_INTEGER }),
      cursor: fc.nat(),
      host: fc.string(),
      oldestKeptMicros: fc.nat({ max: Number.MAX_SAFE_INTEGER }),
      recent: fc.array(fc.string()),
      savedAt: fc.string(),
    },
    { requiredKeys: ['lastSeq', 'host', 'oldestKeptMicros', 'recent', 'savedAt'] },
  );
  fc.assert(
    fc.property(progress, (saved) => {
      expect(parseProgress(formatProgress(saved))).toEqual({ progress: saved, isOurs: true });
    }),
  );
});

it('is total: any text is a progress or undefined', () => {
  fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => void parseProgress(text)));
  expect(parseProgress('{"last_seq":1764000000000}')).toBeUndefined();
});
