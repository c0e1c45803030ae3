import fc from 'fast-check';
import { expect, test } from 'vitest';
import { frameEnd, payloadStart } from '../jetstream/frame-scan.ts';
import { createFrameBuffer } from './frames.ts';

test('frames of any lengths are found again in their bytes, in order', () => {
  const text = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.integer({ min: 0, max: 70_000 }).map((length) => 'x'.repeat(length)),
    fc.constantFrom('é'.repeat(63), 'é'.repeat(32_768)),
  );
  fc.assert(
    fc.property(fc.array(text, { maxLength: 8 }), fc.boolean(), (texts, asBytes) => {
      const frames = createFrameBuffer(16);
      for (const item of texts) {
        if (asBytes) frames.appendBytes(Buffer.from(item));
        else frames.appendText(item);
      }
      const bytes = frames.take();
      const found: string[] = [];
      for (let at = 0; at < bytes.length; at = frameEnd(bytes, at)) {
        expect(bytes[at]).toBe(0x81);
        found.push(bytes.toString('utf8', payloadStart(bytes, at), frameEnd(bytes, at)));
      }
      expect(found).toEqual(texts);
      expect(frames.byteLength).toBe(0);
    }),
    { numRuns: 50 },
  );
});

test('a frame that is cut off ends beyond the buffer', () => {
  const frames = createFrameBuffer();
  frames.appendText('x'.repeat(70_000));
  const bytes = frames.take();
  for (const length of [1, 5, 9, 100, 70_009]) expect(frameEnd(bytes.subarray(0, length), 0)).toBeGreaterThan(length);
  expect(frameEnd(bytes, 0)).toBe(70_010);
});
