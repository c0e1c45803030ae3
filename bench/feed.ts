import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSignatureVerifier } from '@updraft/identity/signature';
import { createClickHouse } from '@updraft/store';
import { readNumbers } from '../tests/world/command-line.ts';
import { startDatabases } from '../tests/world/databases.ts';
import { runLoad, startProgram } from './feed/processes.ts';
import { startViewers, type Viewers } from './feed/viewers.ts';
import { fillDay } from './hot/fill-day.ts';

const { seconds, rate } = readNumbers(
  `pnpm bench feed [--seconds 4] [--rate 1000]
  Pages a second, without and with fresh tokens, beside an empty route in the same run; then the 99th percentile at 500 requests a second
  while the indexer reads that many events a second.`,
  { seconds: 4, rate: 1_000 },
);
const say = (line: string) => process.stderr.write(`${line}\n`);

const FEEDS = 'feeds:\n  hot: { kind: hot, window: 24h, minimumLikes: 1, refresh: 1m, size: 3000 }\n';
const AUDIENCE = 'did:web:feeds.example';
const PATH = `/xrpc/app.bsky.feed.getFeedSkeleton?feed=at://${AUDIENCE}/app.bsky.feed.generator/hot&limit=30`;
const VIEWERS = 2_000;
const ROUNDS = 5;

const folder = await mkdtemp(join(tmpdir(), 'updraft-bench-feed-'));
{
  await using databases = await startDatabases(folder);
  await using viewers = await startViewers(VIEWERS);
  const clickhouse = createClickHouse(databases.clickhouse.connection);
  await fillDay(clickhouse, { likes: 100_000, posts: 20_000, asOfMs: Date.now(), say: () => {} });
  await clickhouse.close();
  await writeFile(join(folder, 'feeds.yaml'), FEEDS);
  const stores = {
    ...databases.clickhouse.env,
    REDIS_ADDRESS: databases.redis.address,
  };
  await using feedgen = startProgram('apps/feedgen/src/main.ts', [], {
    ...stores,
    LISTEN_ADDRESS: '127.0.0.1:0',
    METRICS_LISTEN_ADDRESS: '127.0.0.1:0',
    SERVICE_ENDPOINT: 'https://feeds.example',
    PLC_HOST: viewers.plcUrl,
    FEEDS_FILE: join(folder, 'feeds.yaml'),
  });
  const port = Number(/listening at http:\/\/127\.0\.0\.1:(\d+)/.exec(await feedgen.line(/listening at/))?.[1]);
  const page = await firstPage(port);
  await using bare = startProgram('bench/feed/bare-main.ts', [String(page.length)]);
  const barePort = Number(await bare.line(/^\d+$/));

  const tokens = join(folder, 'tokens');
  await writeTokens(viewers, tokens, 2 * VIEWERS);
  await runLoad({ port, path: PATH, tokens, seconds: 5 }); // every viewer's key is known then
  const perSecond = async (load: Readonly<Record<string, string | number>>) => {
    const { requests, seconds: took } = await runLoad({ seconds, ...load });
    return requests / took;
  };
  // In rounds, and the median of each: what else this machine does falls on all of them.
  const rounds: Round[] = [];
  for (let n = 0; n < ROUNDS; n++) {
    await writeTokens(viewers, tokens, Math.round(seconds * 25_000));
    const bareRps = await perSecond({ port: barePort, path: '/bare' });
    const anonymousRps = await perSecond({ port, path: PATH });
    const es256kRps = await perSecond({ port, path: PATH, tokens });
    const verificationsPerSecond = measureVerifying(viewers);
    const floor = 1 / (1 / bareRps + 1 / verificationsPerSecond);
    const ratios = { ratioAnonymous: anonymousRps / bareRps, ratioEs256k: es256kRps / floor };
    rounds.push({ bareRps, anonymousRps, es256kRps, verificationsPerSecond, floor, ...ratios });
    say(`round ${n + 1}: ${JSON.stringify(rounded(rounds.at(-1) as Round))}`);
  }

  await using network = startProgram('packages/simulator/src/main.ts', [
    '--rate',
    String(rate),
    '--events-per-day',
    '100000',
  ]);
  const { url } = JSON.parse((await network.line(/^ready /)).slice('ready '.length)) as { url: string };
  await using indexer = startProgram('apps/indexer/src/main.ts', [], {
    ...stores,
    WS_URL: url,
    ASK_ACCOUNT_SERVERS: 'false',
    METRICS_LISTEN_ADDRESS: '127.0.0.1:0',
  });
  await indexer.line(/./);
  await writeTokens(viewers, tokens, 500 * 20 + 1_000);
  const { p99Ms } = await runLoad({ port, path: PATH, tokens, seconds: 20, rate: 500, connections: 64 });

  const names = Object.keys(rounds[0] ?? {}) as (keyof Round)[];
  const medians = Object.fromEntries(
    names.map((name) => [name, median(rounds.map((round) => round[name]))]),
  ) as unknown as Round;
  process.stdout.write(`${JSON.stringify({ ...rounded(medians), p99MsUnderIngest: p99Ms })}\n`);
}
await rm(folder, { recursive: true, force: true });

interface Round {
  readonly bareRps: number;
  readonly anonymousRps: number;
  readonly es256kRps: number;
  readonly verificationsPerSecond: number;
  readonly floor: number;
  readonly ratioAnonymous: number;
  readonly ratioEs256k: number;
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
}

function rounded({ ratioAnonymous, ratioEs256k, ...rates }: Round): Record<string, number> {
  const whole = Object.fromEntries(Object.entries(rates).map(([name, value]) => [name, Math.round(value)]));
  return { ...whole, ratioAnonymous: Number(ratioAnonymous.toFixed(3)), ratioEs256k: Number(ratioEs256k.toFixed(3)) };
}

/** A page, once the feed is built. */
async function firstPage(port: number): Promise<string> {
  for (;;) {
    const response = await fetch(`http://127.0.0.1:${port}${PATH}`);
    const text = await response.text();
    if (response.ok && text.includes('cursor')) return text;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function writeTokens(viewers: Viewers, path: string, count: number): Promise<void> {
  return writeFile(path, viewers.tokens(count, AUDIENCE).join('\n'));
}

/** One core, one after the other. */
function measureVerifying(viewers: Viewers): number {
  const verifier = createSignatureVerifier();
  const checks = viewers.tokens(10_000, AUDIENCE).map((token) => viewers.check(token));
  const startedAt = performance.now();
  for (const { key, message, signature } of checks)
    if (!verifier.verify(key, message, signature)) throw new Error('a good token was refused');
  return checks.length / ((performance.now() - startedAt) / 1_000);
}
