import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createClickHouse, rankPosts } from '@updraft/store';
import { startDatabases } from '../tests/world/databases.ts';
import { fillDay } from './hot/fill-day.ts';
import { watchMemory } from './hot/watch-memory.ts';
import { untilMerged } from './ingest/merges.ts';

// `pnpm bench hot [--likes 17000000] [--posts 3000000] [--runs 5]`: a day of the whole network, and the exact rebuild of whats-hot over it.
const { values } = parseArgs({
  options: {
    likes: { type: 'string', default: '17000000' },
    posts: { type: 'string', default: '3000000' },
    runs: { type: 'string', default: '5' },
  },
});
const [likes, posts, runs] = [Number(values.likes), Number(values.posts), Number(values.runs)];
const say = (line: string) => process.stderr.write(`${line}\n`);

const folder = await mkdtemp(join(tmpdir(), 'updraft-bench-hot-'));
{
  await using databases = await startDatabases(folder);
  const clickhouse = createClickHouse(databases.clickhouse.connection);
  const asOfMs = Date.now();
  say(`filling a day: ${likes.toLocaleString('en')} likes of ${posts.toLocaleString('en')} posts …`);
  await fillDay(clickhouse, { likes, posts, asOfMs, say });
  await untilMerged(databases.clickhouse.url);

  const times: number[] = [];
  const memory = watchMemory(databases.clickhouse.pid);
  for (let run = 0; run < runs; run++) {
    const startedAt = performance.now();
    const ranked = await rankPosts(clickhouse, {
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
    });
    times.push(performance.now() - startedAt);
    say(
      `rebuild ${run + 1}: ${Math.round(times.at(-1) ?? 0)} ms, ${ranked.length} posts, the best with ${ranked[0]?.likes} likes`,
    );
  }
  const peakMb = await memory.stop();
  await clickhouse.close();
  const rebuildMs = Math.round(times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0);
  process.stdout.write(`${JSON.stringify({ likes, rebuildMs, peakMb })}\n`);
}
await rm(folder, { recursive: true, force: true });
