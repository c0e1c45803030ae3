import { expect, test } from 'vitest';
import { timeUsOf, withCursor } from './event-line.ts';

test('a cursor goes behind time_us and replaces an older one', () => {
  expect(withCursor('{"did":"did:plc:a","time_us":5,"kind":"commit"}', 7)).toBe(
    '{"did":"did:plc:a","time_us":5,"cursor":7,"kind":"commit"}',
  );
  expect(withCursor('{"did":"did:plc:a","time_us":5,"cursor":99,"kind":"commit"}', 7)).toBe(
    '{"did":"did:plc:a","time_us":5,"cursor":7,"kind":"commit"}',
  );
});

test('an object of another order gets the cursor at its beginning, and other text stays as it is', () => {
  expect(withCursor('{"did":"d","time_us":1.5,"x":1}', 7)).toBe('{"cursor":7,"did":"d","time_us":1.5,"x":1}');
  expect(withCursor('{"time_us":5}', 7)).toBe('{"cursor":7,"time_us":5}');
  for (const text of ['', 'null', '[1]', '{}', '{"did":"x","time']) expect(withCursor(text, 7)).toBe(text);
});

test('the time is read anywhere in the object', () => {
  expect(timeUsOf('{"did":"did:plc:a","time_us":1783175888085434,"kind"')).toBe(1783175888085434);
  expect(timeUsOf('{"kind":"x", "time_us":12}')).toBe(12);
  expect(timeUsOf('nonsense')).toBeNaN();
});
