import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClickHouse, type KeepPosts, postRecords, rankPosts } from '@updraft/store';
import { createFeedgenMetrics } from '../apps/feedgen/src/metrics.ts';
import { createValidPosts } from '../apps/feedgen/src/validity/valid-posts.ts';
import { createValidityThread } from '../apps/feedgen/src/validity/validity-thread.ts';
import { readNumbers } from '../tests/world/command-line.ts';
import { startDatabases } from '../tests/world/databases.ts';
import { fillDay } from './hot/fill-day.ts';
import { watchMemory } from './hot/watch-memory.ts';
import { untilMerged } from './ingest/merges.ts';

const { likes, posts, runs } = readNumbers(
  `pnpm bench hot [--likes 17000000] [--posts 3000000] [--runs 5]
  A day of the whole network, and the exact rebuild of whats-hot over it, without and with validOnly (its first build validates every candidate).`,
  { likes: 17_000_000, posts: 3_000_000, runs: 5 },
);
const say = (line: string) => process.stderr.write(`${line}\n`);

const folder = await mkdtemp(join(tmpdir(), 'updraft-bench-hot-'));
{
  await using databases = await startDatabases(folder);
  const clickhouse = createClickHouse(databases.clickhouse.connection);
  const asOfMs = Date.now();
  say(`filling a day: ${likes.toLocaleString('en')} likes of ${posts.toLocaleString('en')} posts …`);
  await fillDay(clickhouse, { likes, posts, asOfMs, say });
  await untilMerged(databases.clickhouse.url);

  const thread = createValidityThread({ onLost: (error) => say(String(error)) });
  const keepValid: KeepPosts = createValidPosts({
    readRecords: (uris) => postRecords(clickhouse, uris),
    areValid: thread.areValid,
    metrics: createFeedgenMetrics(),
    onError: (error) => say(String(error)),
  })('bench');
  const times: number[] = [];
  const validTimes: number[] = [];
  const memory = watchMemory(databases.clickhouse.pid);
  for (let run = 0; run < runs; run++) {
    times.push(await rebuild(undefined));
    validTimes.push(await rebuild(keepValid));
  }
  const peakMb = await memory.stop();
  await thread.close();
  await clickhouse.close();
  const [firstValidMs = 0, ...laterValid] = validTimes;
  const figures = { rebuildMs: median(times), firstValidMs: Math.round(firstValidMs), validMs: median(laterValid) };
  process.stdout.write(`${JSON.stringify({ likes, ...figures, peakMb })}\n`);

  async function rebuild(keep: KeepPosts | undefined): Promise<number> {
    const startedAt = performance.now();
    const ranked = await rankPosts(
      clickhouse,
      {
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
      },
      keep,
    );
    const ms = performance.now() - startedAt;
    const kind = keep === undefined ? 'rebuild' : 'rebuild with validOnly';
    say(`${kind}: ${Math.round(ms)} ms, ${ranked.length} posts, the best with ${ranked[0]?.likes} likes`);
    return ms;
  }
}

function median(times: readonly number[]): number {
  return Math.round(times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0);
}

await rm(folder, { recursive: true, force: true });
