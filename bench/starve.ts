import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createClickHouse, parseProgress } from '@updraft/store';
import { readNumbers } from '../tests/world/command-line.ts';
import type { Databases } from '../tests/world/databases.ts';
import { startIndexer } from '../tests/world/indexer-process.ts';
import { fillPosts } from './search/fill-posts.ts';
import { queryKinds } from './search/queries.ts';
import { startProgram } from './shared/programs.ts';
import { untilMerged } from './shared/until-merged.ts';
import { say, withDatabases } from './shared/with-databases.ts';
import { askEach } from './starve/ask-each.ts';
import { excludedPhrases } from './starve/excluded-phrases.ts';
import { watchServices } from './starve/watch-services.ts';

const { posts, days, rate, seconds, attacks } = readNumbers(
  `pnpm bench starve [--posts 3000000] [--days 1] [--rate 500] [--seconds 30] [--attacks 10]
  While the indexer reads a stream, one caller sends ten searches a second of 29 excluded phrases, and another searches as people do.
  How do the other caller and the indexer fare?`,
  { posts: 3_000_000, days: 1, rate: 500, seconds: 30, attacks: 10 },
);

await withDatabases('starve', async (databases, folder) => {
  await fill(databases);
  const options = ['--rate', String(rate), '--events-per-day', '100000'];
  await using network = startProgram('packages/simulator/src/main.ts', options);
  const { url } = await network.ready<{ url: string }>();
  const indexerPort = 18_000 + (process.pid % 1_000);
  const searchPort = indexerPort + 1_000;
  const common = { ...databases.clickhouse.env, REDIS_ADDRESS: databases.redis.address };
  const variables = {
    ...common,
    WS_URL: url,
    ASK_ACCOUNT_SERVERS: 'false',
    LABELERS: 'none',
    METRICS_LISTEN_ADDRESS: `127.0.0.1:${indexerPort}`,
    SINCE: new Date(Date.now() - 60_000).toISOString(),
  };
  await using cleanup = new AsyncDisposableStack();
  cleanup.adopt(startIndexer(variables, join(folder, 'indexer.log')), (indexer) => indexer.kill());
  await using search = startProgram('apps/search/src/main.ts', [], {
    ...common,
    LISTEN_ADDRESS: '127.0.0.1:0',
    METRICS_LISTEN_ADDRESS: `127.0.0.1:${searchPort}`,
    TRUST_PROXY: 'true',
  });
  const port = await search.listeningPort();
  await delay(5_000);
  return await measure(port, {
    services: [
      { name: 'indexer', url: `http://127.0.0.1:${indexerPort}` },
      { name: 'search', url: `http://127.0.0.1:${searchPort}` },
    ],
    metricsUrl: `http://127.0.0.1:${indexerPort}/metrics`,
    savedMicros: async () =>
      parseProgress((await databases.readRedis('updraft:progress')) ?? '')?.progress.lastSeq ?? 0,
  });
});

/** First the ordinary caller alone, then beside the attacker. */
async function measure(port: number, watched: Parameters<typeof watchServices>[0]): Promise<object> {
  const [ordinary] = queryKinds(posts / days, posts);
  const people = { port, caller: '198.51.100.7', perSecond: 4, make: () => ordinary?.make(Math.random) ?? '' };
  const attacker = { port, caller: '198.51.100.66', perSecond: attacks, make: () => excludedPhrases(29, Math.random) };
  const calm = await askEach({ ...people, seconds: Math.min(10, seconds) });
  say(`the ordinary caller alone: ${JSON.stringify(calm)}`);
  const watch = watchServices(watched);
  const [other, attack] = await Promise.all([askEach({ ...people, seconds }), askEach({ ...attacker, seconds })]);
  const felt = await watch.stop();
  say(`the attacker: ${JSON.stringify(attack)}`);
  return { calm, other, attack, ...felt };
}

async function fill({ clickhouse }: Databases): Promise<void> {
  const client = createClickHouse(clickhouse.connection);
  say(`filling: ${posts.toLocaleString('en')} posts of ${days} days …`);
  await fillPosts(client, { posts, days, asOfMs: Date.now(), say });
  await untilMerged(clickhouse.url);
  await client.close();
}
