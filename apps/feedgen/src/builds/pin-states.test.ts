import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createBuildThawer } from './build.ts';
import { parseCursor } from './cursor.ts';
import { takePage } from './page.ts';
import { createPinStates } from './pin-states.ts';

const uriOf = (n: number) => `at://did:plc:aaaaaaaaaaaaaaaaaaaaaaaa/app.bsky.feed.post/3l${n}`;
const MINUTE_MS = 60_000;
const build = createBuildThawer()({ id: 'mabc-1', asOfMs: 1, uris: [1, 2, 3, 4].map(uriOf) });
const shown = (posts: readonly { uri: string; isPinned: boolean }[]) =>
  posts.map(({ uri, isPinned }) => `${uri.at(-1)}${isPinned ? '!' : ''}`).join(' ');

describe('pins that come and go', () => {
  test('do so at their minute, on the build that is there, and a post that is not up stands at its own place', () => {
    let now = 0;
    const pins = [
      { post: uriOf(3), fromMs: MINUTE_MS, untilMs: 3 * MINUTE_MS },
      { post: uriOf(9), fromMs: 2 * MINUTE_MS },
    ];
    const states = createPinStates(pins, () => now);
    const minutes = [0, 1, 2, 3].map((minute) => {
      now = minute * MINUTE_MS;
      return shown(states.current(build).posts);
    });
    expect(minutes).toEqual(['1 2 3 4', '3! 1 2 4', '3! 9! 1 2 4', '9! 1 2 3 4']);
  });

  test('do not move the posts of a reader who has begun: each is read once, with the pins of the beginning', () => {
    const times = fc.record({
      n: fc.nat({ max: 6 }),
      fromMs: fc.nat({ max: 9 }),
      forMs: fc.integer({ min: 1, max: 9 }),
    });
    fc.assert(
      fc.property(fc.array(times, { maxLength: 20 }), fc.integer({ min: 1, max: 3 }), (list, limit) => {
        let now = 0;
        const pins = list.map(({ n, fromMs, forMs }) => ({
          post: uriOf(n),
          fromMs: fromMs * MINUTE_MS,
          untilMs: (fromMs + forMs) * MINUTE_MS,
        }));
        const states = createPinStates(pins, () => now);
        const first = states.current(build);
        expect(states.storedId(first.id)).toBe(build.id);
        const cursor = Buffer.from(`1|a|${first.id}|1|${uriOf(1)}`).toString('base64url');
        expect(parseCursor(cursor)?.buildId).toBe(first.id);
        const read: string[] = [];
        for (let next: number | undefined = 0; next !== undefined; now += MINUTE_MS) {
          const page = takePage(states.named(build, first.id), next, limit, () => false);
          read.push(...page.posts.map(({ uri }) => uri));
          next = page.next;
        }
        expect(read).toEqual(first.posts.map(({ uri }) => uri));
        expect(new Set(read).size).toBe(read.length);
      }),
    );
  });

  test('leave the id alone where none has times, and any id that somebody makes up names some pins', () => {
    const always = createPinStates([{ post: uriOf(2) }]);
    expect(always.current(build).id).toBe(build.id);
    expect(shown(always.current(build).posts)).toBe('2! 1 3 4');
    const states = createPinStates([{ post: uriOf(2), fromMs: 0 }]);
    for (const id of ['mabc-1', 'mabc-1.', 'mabc-1.zz', `mabc-1.${'z'.repeat(50)}`])
      expect(states.named(build, id).posts.length).toBe(4);
  });
});
