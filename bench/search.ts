import { randomBytes } from 'node:crypto';
import { type ClickHouse, countDay, createClickHouse } from '@updraft/store';
import { selectRows } from '../tests/select-rows.ts';
import { readNumbers } from '../tests/world/command-line.ts';
import { requestsPerSecond } from './feed/run-load.ts';
import { fillDay } from './hot/fill-day.ts';
import { fillPosts } from './search/fill-posts.ts';
import { type QueryKind, queryKinds } from './search/queries.ts';
import { quantile, round } from './shared/figures.ts';
import { startProgram } from './shared/programs.ts';
import { untilMerged } from './shared/until-merged.ts';
import { say, withDatabases } from './shared/with-databases.ts';

const { posts, days, queries, likes } = readNumbers(
  `pnpm bench search [--posts 20000000] [--days 30] [--queries 200] [--likes 4000000]
  A month of posts, and searches of every kind over HTTP; pages of /stats a second; and how long a day's numbers take to count.`,
  { posts: 20_000_000, days: 30, queries: 200, likes: 4_000_000 },
);

await withDatabases('search', async (databases) => {
  const clickhouse = createClickHouse(databases.clickhouse.connection);
  const asOfMs = Date.now();
  const amounts = `${posts.toLocaleString('en')} posts of ${days} days, and ${likes.toLocaleString('en')} likes of the last one`;
  say(`filling: ${amounts} …`);
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
  const port = await search.listeningPort();
  await (await fetch(`http://127.0.0.1:${port}/stats`)).text();

  const results: SearchTimes[] = [];
  for (const kind of queryKinds(posts / days, posts)) results.push(await measureSearches(port, kind));
  const [main = { p50: 0, p99: 0 }] = results;
  const statsRps = round(await requestsPerSecond({ port, path: '/stats', seconds: 5 }));
  const today = Math.floor(asOfMs / 86_400_000);
  const countedMs = [
    await timed(() => countDay(clickhouse, today)),
    await timed(() => countDay(clickhouse, today - 1)),
  ];
  const dailyRefreshMs = round(countedMs.reduce((sum, ms) => sum + ms));
  const indexBytesPerPost = await measureIndex(clickhouse);
  await clickhouse.close();
  return { posts, searchP50Ms: main.p50, searchP99Ms: main.p99, statsRps, dailyRefreshMs, indexBytesPerPost };
});

interface SearchTimes {
  readonly p50: number;
  readonly p99: number;
}

/** Searches of one kind, one after the other; their times in ms. */
async function measureSearches(port: number, { name, make }: QueryKind): Promise<SearchTimes> {
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
  const result = { p50: round(quantile(times, 0.5), 1), p99: round(quantile(times, 0.99), 1) };
  say(`${name}: p50 ${result.p50} ms, p99 ${result.p99} ms, ${(found / queries).toFixed(1)} posts a page`);
  return result;
}

/** Bytes of the indexes for each post. */
async function measureIndex(clickhouse: ClickHouse): Promise<number> {
  const [row] = await selectRows<{ index_bytes: number; tokens_bytes: number; all_bytes: number }>(
    clickhouse,
    `
SELECT toFloat64(sum(secondary_indices_compressed_bytes)) AS index_bytes, toFloat64(sum(bytes_on_disk)) AS all_bytes,
    (SELECT toFloat64(sum(column_data_compressed_bytes)) FROM system.parts_columns
     WHERE database = currentDatabase() AND table = 'post_rows' AND active AND column = 'tokens') AS tokens_bytes
FROM system.parts WHERE database = currentDatabase() AND table = 'post_rows' AND active`,
  );
  const perPost = (bytes = 0) => round(bytes / posts, 1);
  const [all, tokens, indexes] = [row?.all_bytes, row?.tokens_bytes, row?.index_bytes].map(perPost);
  say(`a post takes ${all} bytes on disk: ${tokens} for its tokens, ${indexes} for the indexes`);
  return perPost(row?.index_bytes);
}

async function timed(act: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await act();
  return performance.now() - startedAt;
}
