import { type FeedsFile, parseFeedsFile } from '@updraft/feeds';
import { createLogger } from '@updraft/service';
import { createClickHouse } from '@updraft/store';
import { createForYou } from '../apps/feedgen/src/for-you/for-you.ts';
import { createFeedgenMetrics } from '../apps/feedgen/src/metrics.ts';
import { createKeeping } from '../apps/feedgen/src/moderation/keeping.ts';
import { createStandings } from '../apps/feedgen/src/moderation/standings.ts';
import { createWishes } from '../apps/feedgen/src/personal/wishes/wishes.ts';
import { createValidityThread } from '../apps/feedgen/src/validity/validity-thread.ts';
import { readNumbers } from '../tests/world/command-line.ts';
import { accountsOf, copyLikes, fillCommunities } from './for-you/fill-communities.ts';
import { watchMemory } from './hot/watch-memory.ts';
import { quantile, round } from './shared/figures.ts';
import { untilMerged } from './shared/until-merged.ts';
import { say, withDatabases } from './shared/with-databases.ts';

const { likes, posts, viewers, maxLikes, seconds } = readNumbers(
  `pnpm bench for-you [--likes 17000000] [--posts 1300000] [--viewers 500] [--maxLikes 25000000] [--seconds 20]
  A day of likes of the whole network in the graph, and what viewers who ask one after the other, then eight at a time, get of it: builds as they are
  served, with moderation, blocks and validation.`,
  { likes: 17_000_000, posts: 1_300_000, viewers: 500, maxLikes: 25_000_000, seconds: 20 },
);

const FEEDS = 'feeds:\n  top: { kind: top, window: 24h, minimumLikes: 15 }\n  mine: { kind: for-you, fallback: top }\n';
const AT_ONCE = 8;
/** Those who like most are few and mostly bots; the last have liked nothing today. */
const RANKS = { from: accountsOf(likes) / 2_000, to: accountsOf(likes) / 2 };

await withDatabases('for-you', async (databases) => {
  const { connection } = databases.clickhouse;
  const clickhouse = createClickHouse(connection);
  say(`filling a day: ${likes.toLocaleString('en')} likes of ${posts.toLocaleString('en')} posts …`);
  await fillCommunities(clickhouse, { likes, posts, asOfMs: Date.now(), say });
  const dids = Array.from({ length: viewers }, (_, n) => `did:plc:viewer${String(n).padStart(18, 'a')}`);
  const step = (RANKS.to - RANKS.from) / viewers;
  await copyLikes(
    clickhouse,
    dids.map((to, n) => ({ rank: Math.floor(RANKS.from + n * step), to })),
  );
  await untilMerged(databases.clickhouse.url);

  const stopping = new AbortController();
  const memory = watchMemory(process.pid);
  const { forYou, feed, whole, close } = start(connection, clickhouse);
  const startedAt = performance.now();
  const running = forYou.run(stopping.signal);
  await whole();
  say(`the graph is whole after ${round((performance.now() - startedAt) / 1_000, 1)} s`);

  const build = async (did: string) => {
    const from = performance.now();
    const viewer = { did, languages: ['en'], hasSeen: () => false };
    const answer = await forYou.query(feed, viewer, { asOfMs: Date.now(), signal: stopping.signal });
    return { ms: performance.now() - from, posts: answer.posts.length };
  };
  const builds: { ms: number; posts: number }[] = [];
  for (const did of dids) builds.push(await build(did));
  const times = builds.map(({ ms }) => ms);
  say(
    `posts in a build: ${round(
      quantile(
        builds.map((one) => one.posts),
        0.5,
      ),
    )} at the median, ${builds.filter((one) => one.posts === 0).length} builds without any`,
  );
  const viewersPerMinute = await manyAtOnce(dids, build);
  stopping.abort();
  await running;
  await close();
  const peakMb = await memory.stop();
  await clickhouse.close();
  return {
    likes,
    viewers,
    buildP50Ms: round(quantile(times, 0.5)),
    buildP99Ms: round(quantile(times, 0.99)),
    peakMb,
    viewersPerMinute,
  };
});

type Connection = Parameters<typeof createForYou>[0]['connection'];

function start(connection: Connection, clickhouse: ReturnType<typeof createClickHouse>) {
  const file: FeedsFile = parseFeedsFile(FEEDS, 'feeds.yaml');
  const feed = file.feeds.get('mine');
  if (feed?.kind !== 'for-you') throw new Error('the feed is of another kind');
  const metrics = createFeedgenMetrics();
  const thread = createValidityThread({ onLost: (error) => say(String(error)) });
  const log = createLogger({ service: 'bench', level: 'warn' });
  const standings = createStandings(clickhouse, [feed]);
  const keeping = createKeeping({ clickhouse, standings, areValid: thread.areValid, metrics, log });
  const wishes = createWishes(clickhouse);
  const forYou = createForYou({ file, clickhouse, connection, keeping, wishes, maxLikes, metrics, log });
  const whole = async () => {
    for (let before = -1; ; ) {
      const { values } = await metrics.graphLikes.get();
      const now = values[0]?.value ?? 0;
      if (now > 0 && now === before) return;
      before = now;
      await new Promise((resolve) => setTimeout(resolve, 3_000));
    }
  };
  return { forYou, feed, whole, close: thread.close };
}

async function manyAtOnce(dids: readonly string[], build: (did: string) => Promise<unknown>): Promise<number> {
  const until = performance.now() + seconds * 1_000;
  let built = 0;
  const one = async (offset: number) => {
    for (let n = offset; performance.now() < until; n += AT_ONCE) {
      await build(dids[n % dids.length] as string);
      built += 1;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, (_, offset) => one(offset)));
  return round((built * 60) / seconds);
}
