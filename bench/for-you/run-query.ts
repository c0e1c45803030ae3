import { type FeedsFile, parseFeedsFile } from '@updraft/feeds';
import { createLogger } from '@updraft/service';
import { type ClickHouseOptions, createClickHouse } from '@updraft/store';
import { createForYou } from '../../apps/feedgen/src/for-you/for-you.ts';
import { createFeedgenMetrics } from '../../apps/feedgen/src/metrics.ts';
import { createKeeping } from '../../apps/feedgen/src/moderation/keeping.ts';
import { createStandings } from '../../apps/feedgen/src/moderation/standings.ts';
import { createWishes } from '../../apps/feedgen/src/personal/wishes/wishes.ts';
import { createValidityThread } from '../../apps/feedgen/src/validity/validity-thread.ts';
import { median, quantile, round } from '../shared/figures.ts';
import { say } from '../shared/with-databases.ts';

export interface QueryOptions {
  readonly connection: ClickHouseOptions;
  readonly feeds: string;
  readonly dids: readonly string[];
  readonly maxLikes: number;
  /** How long viewers ask several at a time. */
  readonly seconds: number;
  readonly atOnce: number;
}

interface Made {
  readonly ms: number;
  readonly posts: number;
}

/** Builds as they are served, with moderation, blocks and validation: each viewer after the other, then several at a time. */
export async function measureQuery(options: QueryOptions) {
  const clickhouse = createClickHouse(options.connection);
  const stopping = new AbortController();
  const { forYou, feed, untilWhole, close } = start(options, clickhouse);
  const running = forYou.run(stopping.signal);
  await untilWhole();
  const build = async (did: string): Promise<Made> => {
    const from = performance.now();
    const viewer = { did, languages: ['en'], hasSeen: () => false };
    const answer = await forYou.query(feed, viewer, { asOfMs: Date.now(), signal: stopping.signal });
    return { ms: performance.now() - from, posts: answer.posts.length };
  };
  const made: Made[] = [];
  for (const did of options.dids) made.push(await build(did));
  const viewersPerMinute = await manyAtOnce(options, build);
  stopping.abort();
  await running;
  await close();
  await clickhouse.close();
  const sizes = made.map(({ posts }) => posts);
  say(`posts in a build: ${median(sizes)} at the median; ${sizes.filter((size) => size === 0).length} without any`);
  const times = made.map(({ ms }) => ms);
  return { buildP50Ms: round(median(times)), buildP99Ms: round(quantile(times, 0.99)), viewersPerMinute };
}

function start({ connection, feeds, maxLikes }: QueryOptions, clickhouse: ReturnType<typeof createClickHouse>) {
  const file: FeedsFile = parseFeedsFile(feeds, 'feeds.yaml');
  const feed = [...file.feeds.values()].find(({ kind }) => kind === 'for-you');
  if (feed?.kind !== 'for-you') throw new Error('there is no feed of kind for-you');
  const metrics = createFeedgenMetrics();
  const thread = createValidityThread({ onLost: (error) => say(String(error)) });
  const log = createLogger({ service: 'bench', level: 'warn' });
  const standings = createStandings(clickhouse, [feed]);
  const keeping = createKeeping({ clickhouse, standings, areValid: thread.areValid, metrics, log });
  const wishes = createWishes(clickhouse);
  const forYou = createForYou({ file, clickhouse, connection, keeping, wishes, maxLikes, metrics, log });
  const startedAt = performance.now();
  const untilWhole = async () => {
    for (let before = 0, now = -1; now <= 0 || now !== before; ) {
      before = now;
      await new Promise((resolve) => setTimeout(resolve, 3_000));
      now = (await metrics.graphReach.get()).values[0]?.value ?? 0;
    }
    const { values } = await metrics.graphBytes.get();
    const seconds = round((performance.now() - startedAt) / 1_000, 1);
    say(`the graph is whole after ${seconds} s: about ${round((values[0]?.value ?? 0) / 1e6)} MB`);
  };
  return { forYou, feed, untilWhole, close: thread.close };
}

async function manyAtOnce(
  { dids, seconds, atOnce }: QueryOptions,
  build: (did: string) => Promise<Made>,
): Promise<number> {
  const until = performance.now() + seconds * 1_000;
  let built = 0;
  const one = async (offset: number) => {
    for (let n = offset; performance.now() < until; n += atOnce) {
      await build(dids[n % dids.length] as string);
      built += 1;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, (_, offset) => one(offset)));
  return round((built * 60) / seconds);
}
