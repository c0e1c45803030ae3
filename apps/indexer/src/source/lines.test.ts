import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createLineSplitter } from './lines.ts';

/** The lines of a text that arrives in pieces of these sizes. */
function split(text: string, sizes: readonly number[], maxBytes = 1_000_000): string[] {
  const lines: string[] = [];
  const splitter = createLineSplitter(maxBytes, (line) => void lines.push(line));
  const bytes = Buffer.from(text);
  let start = 0;
  for (const size of sizes) {
    splitter.push(bytes.subarray(start, start + size));
    start += size;
  }
  splitter.push(bytes.subarray(start));
  splitter.end();
  return lines;
}

test('lines are the same however the bytes are cut', () => {
  const line = fc.string({ unit: fc.constantFrom('a', 'é', '🦋', '"', ' ') });
  fc.assert(
    fc.property(fc.array(line, { minLength: 1 }), fc.array(fc.integer({ min: 0, max: 7 })), (lines, sizes) => {
      expect(split(`${lines.join('\n')}\n`, sizes)).toEqual(lines);
    }),
  );
});

test('a carriage return before the line end is no part of the line, and the last line needs no end', () => {
  expect(split('a\r\nb\r\nc', [])).toEqual(['a', 'b', 'c']);
  expect(split('a\r\nb\r\nc', [2, 2])).toEqual(['a', 'b', 'c']);
});

test('of a line beyond the limit only its beginning comes, and the next line is whole', () => {
  const text = `${'x'.repeat(100)}\nshort\n`;
  expect(split(text, [30, 30, 30], 64)).toEqual(['x'.repeat(64), 'short']);
  expect(split(text, [], 64)).toEqual(['x'.repeat(64), 'short']);
});
