import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Databases } from '../../tests/world/databases.ts';
import type { Viewers } from '../feed/viewers.ts';
import { watchMemory } from '../hot/watch-memory.ts';
import { quantile, round } from '../shared/figures.ts';
import { startProgram } from '../shared/programs.ts';
import { say } from '../shared/with-databases.ts';

export interface PagesOptions {
  readonly databases: Databases;
  readonly folder: string;
  readonly feeds: string;
  readonly alias: string;
  readonly viewers: Viewers;
  /** A token of each viewer. */
  readonly count: number;
  readonly maxLikes: number;
  readonly atOnce: number;
}

export const AUDIENCE = 'did:web:feeds.example';
const TIMEOUT_MS = 600_000;
/** Builds that the first pages did not wait for are made meanwhile. */
const SETTLE_MS = 5_000;

/** The first page of each viewer, several at a time, from a feed generator of its own in which nothing is built before; and once more. */
export async function measurePages(options: PagesOptions): Promise<{ pageP99Ms: number; peakMb: number }> {
  const feedsFile = join(options.folder, 'feeds.yaml');
  await writeFile(feedsFile, options.feeds);
  await using feedgen = startProgram('apps/feedgen/src/main.ts', [], {
    ...options.databases.clickhouse.env,
    REDIS_ADDRESS: options.databases.redis.address,
    LISTEN_ADDRESS: '127.0.0.1:0',
    METRICS_LISTEN_ADDRESS: '127.0.0.1:0',
    SERVICE_ENDPOINT: 'https://feeds.example',
    PLC_HOST: options.viewers.plcUrl,
    FEEDS_FILE: feedsFile,
    FOR_YOU_MAX_LIKES: String(options.maxLikes),
  });
  const memory = watchMemory(feedgen.pid);
  const { listen, metrics } = JSON.parse(await feedgen.line(/"listen":/)) as { listen: string; metrics: string };
  await untilReady(`${listen}${pathOf('top')}`, metrics);
  const times: number[] = [];
  for (const turn of ['first', 'second']) {
    const tokens = options.viewers.tokens(options.count, AUDIENCE);
    const askAll = async (offset: number) => {
      for (let n = offset; n < tokens.length; n += options.atOnce)
        times.push(await ask(`${listen}${pathOf(options.alias)}`, tokens[n] as string));
    };
    await Promise.all(Array.from({ length: options.atOnce }, (_, offset) => askAll(offset)));
    const opens = (await (await fetch(metrics)).text()).matchAll(/^personal_opens_total\{.*outcome="(\w+)"\} (\d+)$/gm);
    say(`after the ${turn} pages: ${[...opens].map(([, outcome, pages]) => `${outcome} ${pages}`).join(', ')}`);
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  }
  return { pageP99Ms: round(quantile(times, 0.99)), peakMb: await memory.stop() };
}

const pathOf = (alias: string) =>
  `/xrpc/app.bsky.feed.getFeedSkeleton?feed=at://${AUDIENCE}/app.bsky.feed.generator/${alias}&limit=30`;

/** @throws when the reply is not 200 */
async function ask(url: string, token: string): Promise<number> {
  const from = performance.now();
  const response = await fetch(url, { headers: { authorization: `Bearer ${token}`, 'accept-language': 'en' } });
  await response.text();
  if (response.status !== 200) throw new Error(`a page is answered with ${response.status}`);
  return performance.now() - from;
}

/** Until the fallback is built, and the graph no longer reaches further back. */
async function untilReady(fallback: string, metrics: string): Promise<void> {
  const deadline = performance.now() + TIMEOUT_MS;
  let before = '';
  while (performance.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    const now = /^for_you_graph_reach_seconds (\d+)$/m.exec(await (await fetch(metrics)).text())?.[1] ?? '0';
    if (now !== '0' && now === before && (await fetch(fallback)).status === 200) return;
    before = now;
  }
  throw new Error('the feed generator did not get ready');
}
