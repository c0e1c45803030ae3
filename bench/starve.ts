import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createClickHouse, parseProgress } from '@updraft/store';
import { readNumbers } from '../tests/world/command-line.ts';
import { startDatabases } from '../tests/world/databases.ts';
import { startIndexer } from '../tests/world/indexer-process.ts';
import { startProgram } from './feed/processes.ts';
import { startProgram as startChild } from './ingest/child-programs.ts';
import { untilMerged } from './ingest/merges.ts';
import { fillPosts } from './search/fill-posts.ts';
import { queryKinds } from './search/queries.ts';
import { askEach } from './starve/ask-each.ts';
import { excludedPhrases } from './starve/excluded-phrases.ts';
import { watchServices } from './starve/watch-services.ts';

const { posts, days, rate, seconds, attacks } = readNumbers(
  `pnpm bench starve [--posts 3000000] [--days 1] [--rate 500] [--seconds 30] [--attacks 10]
  While the indexer reads a stream, one caller sends ten searches a second of 29 excluded phrases, and another searches as people do.
  What do the other and the indexer feel of it?`,
  { posts: 3_000_000, days: 1, rate: 500, seconds: 30, attacks: 10 },
);
const say = (line: string) => process.stderr.write(`${line}\n`);

const folder = await mkdtemp(join(tmpdir(), 'updraft-bench-starve-'));
{
  await using databases = await startDatabases(folder);
  const { clickhouse, redis } = databases;
  const client = createClickHouse(clickhouse.connection);
  say(`filling: ${posts.toLocaleString('en')} posts of ${days} days …`);
  await fillPosts(client, { posts, days, asOfMs: Date.now(), say });
  await untilMerged(clickhouse.url);
  await client.close();

  const options = ['--rate', String(rate), '--events-per-day', '100000'];
  await using network = startChild('packages/simulator/src/main.ts', options);
  const { url } = JSON.parse((await network.line()).slice('ready '.length)) as { url: string };
  const common = { ...clickhouse.env, REDIS_ADDRESS: redis.address };
  const indexerPort = 18_000 + (process.pid % 1_000);
  await using cleanup = new AsyncDisposableStack();
  const variables = {
    ...common,
    WS_URL: url,
    ASK_ACCOUNT_SERVERS: 'false',
    METRICS_LISTEN_ADDRESS: `127.0.0.1:${indexerPort}`,
    SINCE: new Date(Date.now() - 60_000).toISOString(),
  };
  cleanup.adopt(startIndexer(variables, join(folder, 'indexer.log')), (indexer) => indexer.kill());
  await using search = startProgram('apps/search/src/main.ts', [], {
    ...common,
    LISTEN_ADDRESS: '127.0.0.1:0',
    METRICS_LISTEN_ADDRESS: `127.0.0.1:${indexerPort + 1_000}`,
    TRUST_PROXY: 'true',
  });
  const port = Number(/listening at http:\/\/127\.0\.0\.1:(\d+)/.exec(await search.line(/listening at/))?.[1]);
  await delay(5_000);

  const [ordinary] = queryKinds(posts / days, posts);
  const people = { port, caller: '198.51.100.7', perSecond: 4, make: () => ordinary?.make(Math.random) ?? '' };
  const attacker = { port, caller: '198.51.100.66', perSecond: attacks, make: () => excludedPhrases(29, Math.random) };
  const services = [
    { name: 'indexer', url: `http://127.0.0.1:${indexerPort}` },
    { name: 'search', url: `http://127.0.0.1:${indexerPort + 1_000}` },
  ];
  const calm = await askEach({ ...people, seconds: Math.min(10, seconds) });
  say(`the other caller alone: ${JSON.stringify(calm)}`);
  const watch = watchServices({
    services,
    metricsUrl: `http://127.0.0.1:${indexerPort}/metrics`,
    savedMicros: async () =>
      parseProgress((await databases.readRedis('updraft:progress')) ?? '')?.progress.lastSeq ?? 0,
  });
  const [other, attack] = await Promise.all([askEach({ ...people, seconds }), askEach({ ...attacker, seconds })]);
  const felt = await watch.stop();
  say(`the one caller: ${JSON.stringify(attack)}`);
  process.stdout.write(`${JSON.stringify({ calm, other, attack, ...felt })}\n`);
}
await rm(folder, { recursive: true, force: true });
process.exit(0);
