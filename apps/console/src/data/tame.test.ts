import fc from 'fast-check';
import { expect, test } from 'vitest';
import { tameName } from './tame.ts';

const graphemes = new Intl.Segmenter();

test('a name loses what turns text round, hides in it or breaks the line, and keeps what it says', () => {
  expect(tameName('Al\u202Eice\u2066 \u200B\u0000 \n Smith')).toBe('Al ice Smith');
  expect(tameName('👩‍👩‍👧 नमस्ते مرحبا')).toBe('👩‍👩‍👧 नमस्ते مرحبا');
  expect(tameName(`Z${'\u0301'.repeat(100)}!`)).toBe(`Z${'\u0301'.repeat(3)}!`);
  expect(tameName('\u202E\u200B ')).toBe('');
});

test('however long or strange it is, a name is one line of bounded length', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (name) => {
      const tame = tameName(name);
      expect(tame).not.toMatch(/[\p{Cc}\u2028\u2029\u202A-\u202E\u2066-\u2069]/u);
      expect([...graphemes.segment(tame)].length).toBeLessThanOrEqual(64);
    }),
  );
  expect(tameName('a'.repeat(1_000_000))).toBe(`${'a'.repeat(63)}…`);
});
