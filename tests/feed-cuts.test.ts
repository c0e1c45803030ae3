import { setTimeout as sleep } from 'node:timers/promises';
import { parseFeedsFile, type QueriedFeed } from '@updraft/feeds';
import { createLogger } from '@updraft/service';
import { visiblePosts } from '@updraft/store';
import { expect, test } from 'vitest';
import { feedPost } from '../apps/feedgen/src/builds/build.ts';
import { createCuts } from '../apps/feedgen/src/builds/cuts.ts';
import { createFeedgenMetrics } from '../apps/feedgen/src/metrics.ts';
import { createStandings } from '../apps/feedgen/src/moderation/standings.ts';
import { createNetwork, didOf } from './feedgen/network.ts';
import { until } from './feedgen/stage.ts';
import { useStore } from './use-store.ts';

const store = useStore();
const log = createLogger({ service: 'feedgen', level: 'silent' });
const queriedFeed = parseFeedsFile('feeds: { feed: { kind: top, minimumLikes: 1 } }', 'feeds.yaml').feeds.get(
  'feed',
) as QueriedFeed;
const absent = (n: number) => `at://${didOf('nobody')}/app.bsky.feed.post/3l${n}`;

/** Cuts of one build over the real store. `onErased` is what the bus brings; `before` may hold an answer back. */
function cutsOf(uris: readonly string[], before: () => Promise<void> = async () => {}) {
  const listeners: (() => void)[] = [];
  const feeds = [queriedFeed];
  const cuts = createCuts({
    feeds,
    live: { all: () => [['feed', [{ id: 'b', asOfMs: 0, posts: uris.map((uri) => feedPost(uri)) }]]] },
    standings: createStandings(store.clickhouse, feeds),
    visiblePosts: async (asked) => {
      const visible = await visiblePosts(store.clickhouse, asked);
      await before();
      return visible;
    },
    metrics: createFeedgenMetrics(),
    bus: { listen: (listener) => listeners.push(() => listener({ kind: 'erased' })) },
    log,
    cutsIntervalMs: 3_600_000,
  });
  return { cuts, erase: () => listeners.forEach((tell) => tell()) };
}

test('no post of a live build is left unchecked, however many there are', async () => {
  const [shown = ''] = await createNetwork(store.clickhouse).post({ did: didOf('shown'), atMs: Date.now() });
  const uris = [...Array.from({ length: 60_000 }, (_, n) => absent(n)), shown];
  const { cuts } = cutsOf(uris);
  const stopping = new AbortController();
  const running = cuts.run(stopping.signal);
  await until(() => cuts.version() > 0);
  stopping.abort();
  await running;
  expect(uris.filter((uri) => !cuts.isCut(feedPost(uri), 'feed'))).toEqual([shown]);
});

test('an erasure during a check counts, whichever of the two checks ends last', async () => {
  const network = createNetwork(store.clickhouse);
  const [erased = ''] = await network.post({ did: didOf('erased'), atMs: Date.now() });
  const timed = Promise.withResolvers<void>();
  const holds = [timed.promise];
  let answered = 0;
  const { cuts, erase } = cutsOf([erased], async () => {
    answered += 1;
    await holds.shift();
  });
  const stopping = new AbortController();
  const running = cuts.run(stopping.signal);
  await until(() => answered === 1); // the timed check has read that the post shows
  await network.deletePost(erased);
  erase();
  await sleep(500); // a check beside it would end now
  timed.resolve();
  await until(() => cuts.age() < Number.POSITIVE_INFINITY);
  await until(() => answered === 2);
  await until(() => cuts.isCut(feedPost(erased), 'feed'));
  stopping.abort();
  await running;
});
