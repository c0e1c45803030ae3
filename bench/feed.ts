import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createSignatureVerifier } from '@updraft/identity/signature';
import { createClickHouse } from '@updraft/store';
import { DATABASE, startDatabases } from '../tests/world/databases.ts';
import { runLoad, startProgram } from './feed/processes.ts';
import { startViewers, type Viewers } from './feed/viewers.ts';
import { fillDay } from './hot/fill-day.ts';

// `pnpm bench feed [--seconds 6] [--rate 1000]`: pages a second, without and with fresh tokens, beside an empty route in the same run; then
// the 99th percentile at 500 requests a second while the indexer reads `rate` events a second.
const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '6' }, rate: { type: 'string', default: '1000' } },
});
const seconds = Number(values.seconds);
const say = (line: string) => process.stderr.write(`${line}\n`);

const FEEDS = 'feeds:\n  hot: { kind: hot, window: 24h, minimumLikes: 1, refresh: 1m, size: 3000 }\n';
const AUDIENCE = 'did:web:feeds.example';
const PATH = `/xrpc/app.bsky.feed.getFeedSkeleton?feed=at://${AUDIENCE}/app.bsky.feed.generator/hot&limit=30`;
const VIEWERS = 2_000;

const folder = await mkdtemp(join(tmpdir(), 'updraft-bench-feed-'));
{
  await using databases = await startDatabases(folder);
  await using viewers = await startViewers(VIEWERS);
  const clickhouse = createClickHouse({
    address: databases.clickhouse.address,
    username: 'default',
    password: '',
    database: DATABASE,
  });
  await fillDay(clickhouse, { likes: 100_000, posts: 20_000, asOfMs: Date.now(), say: () => {} });
  await clickhouse.close();
  await writeFile(join(folder, 'feeds.yaml'), FEEDS);
  const stores = {
    CLICKHOUSE_ADDRESS: databases.clickhouse.address,
    CLICKHOUSE_DATABASE: DATABASE,
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
  const measure = async (name: string, load: Readonly<Record<string, string | number>>) => {
    await runLoad({ seconds: 1, ...load, ...(load['tokens'] !== undefined && { tokens: `${tokens}.warm` }) });
    const { requests, seconds: took, p99Ms } = await runLoad({ seconds, ...load });
    say(`${name}: ${Math.round(requests / took)} a second, p99 ${p99Ms} ms`);
    return requests / took;
  };
  await writeTokens(viewers, `${tokens}.warm`, 40_000);
  const bareRps = await measure('an empty route', { port: barePort, path: '/bare' });
  const anonymousRps = await measure('anonymous pages', { port, path: PATH });
  await writeTokens(viewers, tokens, Math.round(seconds * 25_000));
  const es256kRps = await measure('pages with tokens', { port, path: PATH, tokens });
  const verificationsPerSecond = measureVerifying(viewers);
  say(`verifications: ${Math.round(verificationsPerSecond)} a second on one core`);

  await using network = startProgram('packages/simulator/src/main.ts', [
    '--rate',
    values.rate,
    '--events-per-day',
    '100000',
  ]);
  const { url } = JSON.parse((await network.line(/^ready /)).slice('ready '.length)) as { url: string };
  await using indexer = startProgram('apps/indexer/src/main.ts', [], {
    ...stores,
    WS_URL: url,
    METRICS_LISTEN_ADDRESS: '127.0.0.1:0',
  });
  await indexer.line(/./);
  await writeTokens(viewers, tokens, 500 * 20 + 1_000);
  const { p99Ms } = await runLoad({ port, path: PATH, tokens, seconds: 20, rate: 500, connections: 64 });

  const floor = 1 / (1 / bareRps + 1 / verificationsPerSecond);
  const whole = { bareRps, anonymousRps, es256kRps, verificationsPerSecond, floor };
  const rounded = Object.fromEntries(Object.entries(whole).map(([name, value]) => [name, Math.round(value)]));
  const ratios = {
    ratioAnonymous: Number((anonymousRps / bareRps).toFixed(3)),
    ratioEs256k: Number((es256kRps / floor).toFixed(3)),
  };
  process.stdout.write(`${JSON.stringify({ ...rounded, ...ratios, p99MsUnderIngest: p99Ms })}\n`);
}
await rm(folder, { recursive: true, force: true });

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
