import { describe, expect, test } from 'vitest';
import { createHostHealth, ENOUGH_EVENTS, ENOUGH_EXPECTED, type HostHealth, type Suspicion } from './host-health.ts';

const LIKE = 'app.bsky.feed.like';
const POST = 'app.bsky.feed.post';
const FOLLOW = 'app.bsky.graph.follow';
const MISSING_FOR_MS = 60_000;
const STEP_MS = 5_000;

/** A stream of which each step brings so many events of each collection. */
function createStream(health: HostHealth = createHostHealth(MISSING_FOR_MS)) {
  const counts = new Map<string, number>();
  let [events, steps] = [0, 0];
  const sample = () => {
    const seen = new Map(counts);
    return { atMs: steps * STEP_MS, micros: steps * 1_000, events, eventsOf: (name: string) => seen.get(name) ?? 0 };
  };
  health.restart('one', sample());
  return {
    health,
    sample,
    flow: (times: number, each: Readonly<Record<string, number>>): Suspicion[][] =>
      Array.from({ length: times }, () => {
        steps += 1;
        for (const [name, count] of Object.entries(each)) {
          counts.set(name, (counts.get(name) ?? 0) + count);
          events += count;
        }
        return health.sample(sample());
      }),
  };
}

const namesOf = (suspicions: readonly Suspicion[] | undefined) => suspicions?.map(({ collection }) => collection);
const USUAL = { [LIKE]: 1_400, [POST]: 240, 'app.bsky.feed.repost': 200, [FOLLOW]: 80, other: 80 };

describe('a collection is suspected', () => {
  test('when nothing of it comes for a while, though much was due', () => {
    const stream = createStream();
    stream.flow(20, USUAL);
    const found = stream.flow(12, { ...USUAL, [LIKE]: 0 });
    expect(found.map((suspicions) => suspicions.length)).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
    expect(found.at(-1)).toMatchObject([
      { collection: LIKE, sinceMicros: 20_000, missingForMs: 60_000, isLearnt: true },
    ]);
  });

  test('by the network’s usual share when the stream has not brought it yet', () => {
    const found = createStream().flow(12, { ...USUAL, [FOLLOW]: 0 });
    expect(found.at(-1)).toMatchObject([{ collection: FOLLOW, isLearnt: false }]);
  });

  test('no longer once one of it has come', () => {
    const stream = createStream();
    stream.flow(20, USUAL);
    stream.flow(12, { ...USUAL, [LIKE]: 0 });
    expect(stream.flow(1, { ...USUAL, [LIKE]: 1 })).toEqual([[]]);
  });

  test('not while the stream is silent, or too slow to tell, as at night', () => {
    const stream = createStream();
    stream.flow(20, USUAL);
    expect(stream.flow(1_000, {}).flat()).toEqual([]);
    expect(stream.flow(100, { other: 1 }).flat()).toEqual([]);
  });

  test('not when a burst of others comes between', () => {
    const stream = createStream();
    stream.flow(20, USUAL);
    expect(stream.flow(11, { other: 1_000_000 }).flat()).toEqual([]);
  });

  test('not for being rare: what is due is reckoned by what was learnt', () => {
    const stream = createStream();
    const each = { [LIKE]: 2_000, [FOLLOW]: 40 };
    stream.flow(Math.ceil(ENOUGH_EVENTS / 2_000) + 10, each);
    const due = 40 / 2_040;
    const found = stream.flow(12, { [LIKE]: Math.floor((ENOUGH_EXPECTED - 5) / due / 12) });
    expect(found.flatMap((suspicions) => namesOf(suspicions) ?? [])).not.toContain(FOLLOW);
  });

  test('not before its time is over when it was looked into', () => {
    const stream = createStream();
    stream.flow(20, USUAL);
    stream.flow(12, { ...USUAL, [LIKE]: 0 });
    stream.health.silence(LIKE, stream.sample().atMs + 50_000);
    expect(stream.flow(9, { ...USUAL, [LIKE]: 0 }).flat()).toEqual([]);
    expect(namesOf(stream.flow(1, { ...USUAL, [LIKE]: 0 })[0])).toEqual([LIKE]);
  });

  test('from the begin of a host’s connection on: what another host left out is not its fault', () => {
    const stream = createStream();
    stream.flow(20, USUAL);
    stream.flow(11, { ...USUAL, [LIKE]: 0 });
    stream.health.restart('another', stream.sample());
    expect(stream.flow(11, { ...USUAL, [LIKE]: 0 }).flat()).toEqual([]);
    expect(namesOf(stream.flow(1, { ...USUAL, [LIKE]: 0 })[0])).toEqual([LIKE]);
  });

  test('though its host hung up in between: what it left out before counts', () => {
    const stream = createStream();
    stream.flow(20, USUAL);
    for (let connection = 0; connection < 3; connection++) {
      expect(stream.flow(3, { ...USUAL, [LIKE]: 0 }).flat()).toEqual([]);
      stream.health.restart('one', stream.sample());
    }
    expect(stream.flow(3, { ...USUAL, [LIKE]: 0 }).at(-1)).toMatchObject([{ collection: LIKE, sinceMicros: 20_000 }]);
  });
});
