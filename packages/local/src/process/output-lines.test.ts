import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createLineCutter } from './output-lines.ts';

function cut(chunks: readonly Buffer[], maxLength?: number): string[] {
  const lines: string[] = [];
  const accept = createLineCutter((line) => lines.push(line), maxLength);
  for (const chunk of chunks) accept(chunk);
  return lines;
}

describe('cutting output into lines', () => {
  test('lines come out whole however the bytes are cut, inside a character too', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'binary' }), { maxLength: 5 }),
        fc.integer({ min: 1, max: 7 }),
        (texts, size) => {
          const lines = texts.map((text) => text.replaceAll('\n', ''));
          const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
          const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
            bytes.subarray(i * size, (i + 1) * size),
          );
          expect(cut(chunks)).toEqual(lines);
        },
      ),
    );
  });

  test('a line without an end does not grow for ever', () => {
    expect(cut([Buffer.from('x'.repeat(30)), Buffer.from('y')], 20)).toEqual(['x'.repeat(30)]);
  });
});
