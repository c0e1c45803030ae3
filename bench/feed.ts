import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createSignatureVerifier } from '@updraft/identity/signature';
import { createClickHouse } from '@updraft/store';
import { readNumbers } from '../tests/world/command-line.ts';
import type { Databases } from '../tests/world/databases.ts';
import { requestsPerSecond, runLoad } from './feed/run-load.ts';
import { startViewers, type Viewers } from './feed/viewers.ts';
import { fillDay } from './hot/fill-day.ts';
import { median, round } from './shared/figures.ts';
import { startProgram } from './shared/programs.ts';
import { say, withDatabases } from './shared/with-databases.ts';

const { seconds, rate } = readNumbers(
  `pnpm bench feed [--seconds 4] [--rate 1000]
  Pages a second, without and with fresh tokens, beside an empty route in the same run; then the times of pages at 300 requests a second, of a
  feed and of one with hideSeen; then the 99th percentile at 500 requests a second while the indexer reads that many events a second.`,
  { seconds: 4, rate: 1_000 },
);

const HOT = 'kind: hot, window: 24h, minimumLikes: 1, refresh: 1m, size: 3000';
const FEEDS = `feeds:\n  hot: { ${HOT} }\n  fresh: { ${HOT}, hideSeen: true }\n`;
const AUDIENCE = 'did:web:feeds.example';
const pathOf = (alias: string) =>
  `/xrpc/app.bsky.feed.getFeedSkeleton?feed=at://${AUDIENCE}/app.bsky.feed.generator/${alias}&limit=30`;
const PATH = pathOf('hot');
const VIEWERS = 2_000;
const ROUNDS = 5;

await withDatabases('feed', async (databases, folder) => {
  await using viewers = await startViewers(VIEWERS);
  await fill(databases);
  await writeFile(join(folder, 'feeds.yaml'), FEEDS);
  const stores = { ...databases.clickhouse.env, REDIS_ADDRESS: databases.redis.address };
  await using feedgen = startProgram('apps/feedgen/src/main.ts', [], {
    ...stores,
    LISTEN_ADDRESS: '127.0.0.1:0',
    METRICS_LISTEN_ADDRESS: '127.0.0.1:0',
    SERVICE_ENDPOINT: 'https://feeds.example',
    PLC_HOST: viewers.plcUrl,
    FEEDS_FILE: join(folder, 'feeds.yaml'),
  });
  const port = await feedgen.listeningPort();
  const page = await firstPage(port);
  await using bare = startProgram('bench/feed/bare-main.ts', [String(page.length)]);
  const barePort = Number(await bare.line(/^\d+$/));

  const tokens = join(folder, 'tokens');
  await writeTokens(viewers, tokens, 2 * VIEWERS);
  await runLoad({ port, path: PATH, tokens, seconds: 5 }); // then the key of every viewer is known
  // The median of several rounds: the machine's other work falls on all of them.
  const rounds: Round[] = [];
  for (let n = 1; n <= ROUNDS; n++) {
    await writeTokens(viewers, tokens, Math.round(seconds * 25_000));
    rounds.push(await measureRound({ port, barePort, tokens, viewers }));
    say(`round ${n}: ${JSON.stringify(rounded(rounds.at(-1) as Round))}`);
  }
  const pages = await measureHideSeen(viewers, port, tokens);
  await writeTokens(viewers, tokens, 500 * 20 + 1_000);
  return { ...rounded(medians(rounds)), ...pages, p99MsUnderIngest: await measureUnderIngest(stores, port, tokens) };
});

interface Round {
  readonly bareRps: number;
  readonly anonymousRps: number;
  readonly es256kRps: number;
  readonly verificationsPerSecond: number;
  readonly floor: number;
  readonly ratioAnonymous: number;
  readonly ratioEs256k: number;
}

interface RoundOptions {
  readonly port: number;
  readonly barePort: number;
  /** A file of fresh tokens. */
  readonly tokens: string;
  readonly viewers: Viewers;
}

async function measureRound({ port, barePort, tokens, viewers }: RoundOptions): Promise<Round> {
  const bareRps = await requestsPerSecond({ seconds, port: barePort, path: '/bare' });
  const anonymousRps = await requestsPerSecond({ seconds, port, path: PATH });
  const es256kRps = await requestsPerSecond({ seconds, port, path: PATH, tokens });
  const verificationsPerSecond = measureVerifying(viewers);
  const floor = 1 / (1 / bareRps + 1 / verificationsPerSecond);
  const ratios = { ratioAnonymous: anonymousRps / bareRps, ratioEs256k: es256kRps / floor };
  return { bareRps, anonymousRps, es256kRps, verificationsPerSecond, floor, ...ratios };
}

/** Times of first pages in ms, without hideSeen and with it. */
async function measureHideSeen(viewers: Viewers, port: number, tokens: string): Promise<Record<string, number>> {
  const load = { port, tokens, seconds: 20, rate: 300, connections: 64 };
  const measure = async (alias: string) => {
    await writeTokens(viewers, tokens, load.seconds * load.rate + 1_000);
    return runLoad({ ...load, path: pathOf(alias) });
  };
  await firstPage(port, pathOf('fresh'));
  const [plain, hideSeen] = [await measure('hot'), await measure('fresh')];
  return {
    pageP50Ms: plain.p50Ms,
    pageP99Ms: plain.p99Ms,
    hideSeenP50Ms: hideSeen.p50Ms,
    hideSeenP99Ms: hideSeen.p99Ms,
  };
}

/** The 99th percentile in ms. */
async function measureUnderIngest(
  stores: Readonly<Record<string, string>>,
  port: number,
  tokens: string,
): Promise<number> {
  const options = ['--rate', String(rate), '--events-per-day', '100000'];
  await using network = startProgram('packages/simulator/src/main.ts', options);
  const { url } = await network.ready<{ url: string }>();
  await using indexer = startProgram('apps/indexer/src/main.ts', [], {
    ...stores,
    WS_URL: url,
    ASK_ACCOUNT_SERVERS: 'false',
    LABELERS: 'none',
    METRICS_LISTEN_ADDRESS: '127.0.0.1:0',
  });
  await indexer.line();
  return (await runLoad({ port, path: PATH, tokens, seconds: 20, rate: 500, connections: 64 })).p99Ms;
}

function medians(rounds: readonly Round[]): Round {
  const names = Object.keys(rounds[0] ?? {}) as (keyof Round)[];
  return Object.fromEntries(names.map((name) => [name, median(rounds.map((one) => one[name]))])) as Record<
    keyof Round,
    number
  >;
}

function rounded({ ratioAnonymous, ratioEs256k, ...rates }: Round): Record<string, number> {
  const whole = Object.fromEntries(Object.entries(rates).map(([name, value]) => [name, round(value)]));
  return { ...whole, ratioAnonymous: round(ratioAnonymous, 3), ratioEs256k: round(ratioEs256k, 3) };
}

async function fill(databases: Databases): Promise<void> {
  const clickhouse = createClickHouse(databases.clickhouse.connection);
  await fillDay(clickhouse, { likes: 100_000, posts: 20_000, asOfMs: Date.now(), say: () => {} });
  await clickhouse.close();
}

/** A page, once the feed is built. */
async function firstPage(port: number, path = PATH): Promise<string> {
  for (;;) {
    const response = await fetch(`http://127.0.0.1:${port}${path}`);
    const text = await response.text();
    if (response.ok && text.includes('cursor')) return text;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function writeTokens(viewers: Viewers, path: string, count: number): Promise<void> {
  return writeFile(path, viewers.tokens(count, AUDIENCE).join('\n'));
}

/** Signatures a second that one core verifies, one after the other. */
function measureVerifying(viewers: Viewers): number {
  const verifier = createSignatureVerifier();
  const checks = viewers.tokens(10_000, AUDIENCE).map((token) => viewers.check(token));
  const startedAt = performance.now();
  for (const { key, message, signature } of checks)
    if (!verifier.verify(key, message, signature)) throw new Error('a good token was refused');
  return checks.length / ((performance.now() - startedAt) / 1_000);
}
