import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { countDay, createClickHouse } from '@updraft/store';
import { selectRows } from '../tests/select-rows.ts';
import { readNumbers } from '../tests/world/command-line.ts';
import { startDatabases } from '../tests/world/databases.ts';
import { runLoad, startProgram } from './feed/processes.ts';
import { fillDay } from './hot/fill-day.ts';
import { untilMerged } from './ingest/merges.ts';
import { fillPosts } from './search/fill-posts.ts';
import { queryKinds } from './search/queries.ts';

const { posts, days, queries, likes } = readNumbers(
  `pnpm bench search [--posts 20000000] [--days 30] [--queries 200] [--likes 4000000]
  A month of posts, and searches of every kind over HTTP; pages of /stats a second; and how long a day's numbers take to count.`,
  { posts: 20_000_000, days: 30, queries: 200, likes: 4_000_000 },
);
const say = (line: string) => process.stderr.write(`${line}\n`);

const folder = await mkdtemp(join(tmpdir(), 'updraft-bench-search-'));
{
  await using databases = await startDatabases(folder);
  const clickhouse = createClickHouse(databases.clickhouse.connection);
  const asOfMs = Date.now();
  say(
    `filling: ${posts.toLocaleString('en')} posts of ${days} days, and ${likes.toLocaleString('en')} likes of the last one …`,
  );
  await fillPosts(clickhouse, { posts, days, asOfMs, say });
  await fillDay(clickhouse, { likes, posts: 200_000, asOfMs, say });
  await untilMerged(databases.clickhouse.url);

  await using search = startProgram('apps/search/src/main.ts', [], {
    ...databases.clickhouse.env,
    REDIS_ADDRESS: databases.redis.address,
    LISTEN_ADDRESS: '127.0.0.1:0',
    METRICS_LISTEN_ADDRESS: '127.0.0.1:0',
    TRUST_PROXY: 'true',
    STATS_CACHE_TTL: '1h',
  });
  const port = Number(/listening at http:\/\/127\.0\.0\.1:(\d+)/.exec(await search.line(/listening at/))?.[1]);
  await (await fetch(`http://127.0.0.1:${port}/stats`)).text();

  const [main = { p50: 0, p99: 0 }] = await measureSearches(port);
  const stats = await runLoad({ port, path: '/stats', seconds: 5 });
  const today = Math.floor(asOfMs / 86_400_000);
  const dailyRefreshMs =
    (await timed(() => countDay(clickhouse, today))) + (await timed(() => countDay(clickhouse, today - 1)));
  const indexBytesPerPost = await measureIndex();
  await clickhouse.close();
  const result = {
    posts,
    searchP50Ms: main.p50,
    searchP99Ms: main.p99,
    statsRps: Math.round(stats.requests / stats.seconds),
    dailyRefreshMs: Math.round(dailyRefreshMs),
    indexBytesPerPost,
  };
  process.stdout.write(`${JSON.stringify(result)}\n`);

  async function measureIndex(): Promise<number> {
    const [row] = await selectRows<{ index_bytes: number; tokens_bytes: number; all_bytes: number }>(
      clickhouse,
      `
SELECT toFloat64(sum(secondary_indices_compressed_bytes)) AS index_bytes, toFloat64(sum(bytes_on_disk)) AS all_bytes,
    (SELECT toFloat64(sum(column_data_compressed_bytes)) FROM system.parts_columns
     WHERE database = currentDatabase() AND table = 'post_rows' AND active AND column = 'tokens') AS tokens_bytes
FROM system.parts WHERE database = currentDatabase() AND table = 'post_rows' AND active`,
    );
    const perPost = (bytes = 0) => Math.round((bytes / posts) * 10) / 10;
    say(
      `a post takes ${perPost(row?.all_bytes)} bytes on disk, ${perPost(row?.tokens_bytes)} of them its tokens and ${perPost(row?.index_bytes)} the indexes`,
    );
    return perPost(row?.index_bytes);
  }
}
await rm(folder, { recursive: true, force: true });
process.exit(0);

/** Asks each kind in turn; the times of a kind in ms. */
async function measureSearches(port: number): Promise<{ p50: number; p99: number }[]> {
  const results: { p50: number; p99: number }[] = [];
  for (const { name, make } of queryKinds(posts / days, posts)) {
    const times: number[] = [];
    let found = 0;
    for (let i = 0; i < queries; i++) {
      const q = make(Math.random);
      times.push(
        await timed(async () => {
          const answer = await fetch(`http://127.0.0.1:${port}/search/posts?q=${encodeURIComponent(q)}`, {
            headers: { 'x-forwarded-for': `10.${[...randomBytes(3)].join('.')}` },
          });
          if (!answer.ok) throw new Error(`${q}: ${await answer.text()}`);
          found += ((await answer.json()) as { posts: unknown[] }).posts.length;
        }),
      );
    }
    times.sort((a, b) => a - b);
    const at = (part: number) =>
      Math.round((times[Math.min(times.length - 1, Math.floor(times.length * part))] ?? 0) * 10) / 10;
    const result = { p50: at(0.5), p99: at(0.99) };
    say(`${name}: p50 ${result.p50} ms, p99 ${result.p99} ms, ${(found / queries).toFixed(1)} posts a page`);
    results.push(result);
  }
  return results;
}

async function timed(act: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await act();
  return performance.now() - startedAt;
}
