import { keepForFeed } from '@updraft/feeds';
import { type ClickHouse, createClickHouse, type KeepPosts, postRecords, rankPosts } from '@updraft/store';
import { createFeedgenMetrics } from '../apps/feedgen/src/metrics.ts';
import { createStandings } from '../apps/feedgen/src/moderation/standings.ts';
import { createValidPosts } from '../apps/feedgen/src/validity/valid-posts.ts';
import { createValidityThread } from '../apps/feedgen/src/validity/validity-thread.ts';
import { readNumbers } from '../tests/world/command-line.ts';
import { fillDay } from './hot/fill-day.ts';
import { fillLabels } from './hot/fill-labels.ts';
import { watchMemory } from './hot/watch-memory.ts';
import { median, round } from './shared/figures.ts';
import { untilMerged } from './shared/until-merged.ts';
import { say, withDatabases } from './shared/with-databases.ts';

const { likes, posts, labels, runs } = readNumbers(
  `pnpm bench hot [--likes 17000000] [--posts 3000000] [--labels 1000000] [--runs 5]
  A day of the whole network, and the exact rebuild of whats-hot over it, without and with validOnly (its first build validates every candidate), and as it is served, with moderation too.`,
  { likes: 17_000_000, posts: 3_000_000, labels: 1_000_000, runs: 5 },
);

await withDatabases('hot', async (databases) => {
  const clickhouse = createClickHouse(databases.clickhouse.connection);
  const asOfMs = Date.now();
  say(`filling a day: ${likes.toLocaleString('en')} likes of ${posts.toLocaleString('en')} posts …`);
  await fillDay(clickhouse, { likes, posts, asOfMs, say });
  await fillLabels(clickhouse, labels);
  await untilMerged(databases.clickhouse.url);

  const thread = createValidityThread({ onLost: (error) => say(String(error)) });
  const keepValid: KeepPosts = createValidPosts({
    readRecords: (uris) => postRecords(clickhouse, uris),
    areValid: thread.areValid,
    metrics: createFeedgenMetrics(),
    onError: (error) => say(String(error)),
  })('bench');
  const rules = {
    labels: { exclude: ['porn', 'sexual', 'spam', '!hide'], require: [] },
    recommendableOnly: true,
    bots: true,
  };
  const feed = { alias: 'bench', validOnly: true, ...rules };
  const keep = keepForFeed({ keepValid, standings: createStandings(clickhouse, [feed]) }, feed);
  const servedTimes: number[] = [];
  const times: number[] = [];
  const validTimes: number[] = [];
  const memory = watchMemory(databases.clickhouse.pid);
  for (let run = 0; run < runs; run++) {
    times.push(await rebuild(clickhouse, asOfMs, 'bare'));
    validTimes.push(await rebuild(clickhouse, asOfMs, 'with validOnly', keepValid));
    servedTimes.push(await rebuild(clickhouse, asOfMs, 'as it is served', keep));
  }
  const peakMb = await memory.stop();
  await thread.close();
  await clickhouse.close();
  const [firstValidMs = 0, ...laterValid] = validTimes;
  const validMs = { firstValidMs: round(firstValidMs), validMs: round(median(laterValid)) };
  const servedMs = round(median(servedTimes.slice(1)));
  return { likes, rebuildMs: round(median(times)), ...validMs, servedMs, peakMb };
});

/** Ranks the day once. Gives the time in ms. */
async function rebuild(clickhouse: ClickHouse, asOfMs: number, kind: string, keep?: KeepPosts): Promise<number> {
  const startedAt = performance.now();
  const feed = {
    asOfMs,
    windowMs: 24 * 3_600_000,
    minimumAgeMs: 5 * 60_000,
    minimumLikes: 15,
    gravity: 1.8,
    weights: { likes: 1, reposts: 0, replies: 0 },
    replies: false,
    mediaOnly: false,
    languages: [],
    size: 3_000,
  };
  const ranked = await rankPosts(clickhouse, feed, keep);
  const ms = performance.now() - startedAt;
  say(`rebuild, ${kind}: ${round(ms)} ms, ${ranked.length} posts, the best with ${ranked[0]?.likes} likes`);
  return ms;
}
