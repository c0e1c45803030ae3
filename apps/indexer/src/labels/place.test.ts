import { describe, expect, test } from 'vitest';
import { compareFrame, cursorOf, NOWHERE, type Place, placeAfter, readPlace, renumbered } from './place.ts';

const frame = (seq: number, val = `v${seq}`) => ({ kind: 'labels', seq, labels: [{ val, sig: `s${seq}` }] }) as const;
const at = (seq: number): Place => placeAfter(NOWHERE, [frame(seq)]);

describe('a place in the stream of a labeler', () => {
  test('is that of the highest seq stored, in whatever order the frames came', () => {
    const place = placeAfter(at(3), [frame(9), frame(5)]);
    expect([place.seq, cursorOf(place), placeAfter(place, [frame(7)]), placeAfter(place, [])]).toEqual([
      9,
      8,
      place,
      place,
    ]);
    expect(cursorOf(NOWHERE)).toBe(0);
  });

  test('is known again by what its frame says, whoever signed it', () => {
    expect(compareFrame(at(9), { ...frame(9), labels: [{ val: 'v9', sig: 'another key' }] }, false)).toBe('stored');
    expect(compareFrame(at(9), frame(9, 'other'), false)).toBe('renumbered');
    expect(compareFrame(at(9), frame(12), false)).toBe('new');
  });

  test('is had for a label that nests too deep to be written as text', () => {
    const nested = Array.from({ length: 50_000 }).reduce<unknown[]>((inner) => [inner], []);
    const deep = { ...frame(9), labels: [nested] };
    const place = placeAfter(NOWHERE, [deep]);
    expect([compareFrame(place, deep, false), compareFrame(place, frame(9), false)]).toEqual(['stored', 'renumbered']);
  });

  test('is lost when a connection begins before it; once it is reached, other frames are late or share its number', () => {
    expect([2, 7, 8].map((seq) => compareFrame(at(9), frame(seq), false))).toEqual(['renumbered', 'renumbered', 'new']);
    expect([2, 8].map((seq) => compareFrame(at(9), frame(seq), true))).toEqual(['new', 'new']);
    expect(compareFrame(at(9), frame(9, 'second of this number'), true)).toBe('new');
    expect(renumbered({ ...at(9), numbering: 4 })).toEqual({ numbering: 5, seq: 0, digest: '', hasEarlier: true });
  });

  test('is read back as it was saved, and is nowhere when it makes no sense', () => {
    const place: Place = { ...at(9), numbering: 2, hasEarlier: true };
    expect(readPlace(JSON.parse(JSON.stringify(place)))).toEqual(place);
    for (const saved of [undefined, null, 7, {}, { ...place, seq: -1 }, { ...place, digest: 1 }])
      expect(readPlace(saved)).toEqual(NOWHERE);
  });
});
