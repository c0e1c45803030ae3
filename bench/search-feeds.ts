import { setTimeout as delay } from 'node:timers/promises';
import { type ClickHouse, createClickHouse } from '@updraft/store';
import { createValidityThread } from '../apps/feedgen/src/validity/validity-thread.ts';
import { readNumbers } from '../tests/world/command-line.ts';
import { fillLabels } from './hot/fill-labels.ts';
import { accountSql, fillLikes, fillPosts } from './search/fill-posts.ts';
import { createBuildFeed } from './search-feeds/build-feeds.ts';
import { type BuildTimes, createBuildTimes } from './search-feeds/build-times.ts';
import { AUTHORS, feedKinds } from './search-feeds/feed-kinds.ts';
import { type Ingest, type IngestFigures, startIngest } from './search-feeds/watch-ingest.ts';
import { quantile, round } from './shared/figures.ts';
import { untilMerged } from './shared/until-merged.ts';
import { say, withDatabases } from './shared/with-databases.ts';

const { posts, days, likes, labels, authors, builds, rate, seconds, rounds } = readNumbers(
  `pnpm bench search-feeds [--posts 20000000] [--days 30] [--likes 12000000] [--labels 1000000] [--authors 2000]
    [--builds 100] [--rate 500] [--seconds 30] [--rounds 4]
  A month of posts with likes of its last three days, and builds of search feeds of each kind over 72 hours, newest and hot, each feed of
  other words and built twice. Then the indexer reads a stream at a steady rate, in turns alone and beside such builds without a pause.`,
  {
    posts: 20_000_000,
    days: 30,
    likes: 12_000_000,
    labels: 1_000_000,
    authors: 2_000,
    builds: 100,
    rate: 500,
    seconds: 30,
    rounds: 4,
  },
);

await withDatabases('search-feeds', async (databases, folder) => {
  const clickhouse = createClickHouse(databases.clickhouse.connection);
  await fill(clickhouse);
  await untilMerged(databases.clickhouse.url);
  const thread = createValidityThread({ onLost: (error) => say(String(error)) });
  const kinds = feedKinds();
  const feeds = kinds.map(({ make }) => make());
  const buildFeed = createBuildFeed(clickhouse, feeds, thread);

  const quiet = createBuildTimes(buildFeed);
  for (const kind of kinds) {
    for (let n = 0; n < builds; n++) await quiet.build(kind);
    say(quiet.said(kind));
  }
  const beside = createBuildTimes(buildFeed);
  await using ingest = await startIngest(databases, folder, rate);
  const ingested = await measureIngest(ingest, beside);
  for (const kind of kinds) say(`beside ingest: ${beside.said(kind)}`);
  await thread.close();
  await clickhouse.close();
  return { posts, ...quiet.figures(), ...beside.figures('Beside'), ...ingested };
});

async function fill(clickhouse: ClickHouse): Promise<void> {
  const likedDays = Math.min(3, days);
  const asOfMs = Date.now();
  const amounts = `${posts.toLocaleString('en')} posts of ${days} days, and ${likes.toLocaleString('en')} likes of the last ${likedDays}`;
  say(`filling: ${amounts} …`);
  await fillPosts(clickhouse, { posts, days, asOfMs, say });
  await fillLikes(clickhouse, { posts, days, likes, likedDays, asOfMs, say });
  await fillLabels(clickhouse, labels);
  await clickhouse.command(
    `INSERT INTO actor_labels (label, actor_did, version) SELECT {label:String}, ${accountSql('number')}, 1 FROM numbers({authors:UInt64})`,
    { label: AUTHORS, authors },
  );
}

/** The indexer alone and beside builds, in turns, so that other work of the machine falls on both. */
async function measureIngest(ingest: Ingest, beside: BuildTimes): Promise<Record<string, number>> {
  await delay(5_000); // it has caught up then
  const kinds = feedKinds();
  let next = 0;
  const buildOn = async () => {
    for (const end = performance.now() + seconds * 1_000; performance.now() < end; next++)
      for (const kind of kinds.slice(next % kinds.length).slice(0, 1)) await beside.build(kind);
  };
  const turns = { Alone: new Array<IngestFigures>(), Beside: new Array<IngestFigures>() };
  for (let turn = 1; turn <= rounds; turn++) {
    turns.Alone.push(await ingest.during(() => delay(seconds * 1_000)));
    turns.Beside.push(await ingest.during(buildOn));
    const [alone, together] = [turns.Alone, turns.Beside].map((all) => JSON.stringify(ingestFigures(all.slice(-1))));
    say(`turn ${turn}: ingest alone ${alone}, beside builds ${together}`);
  }
  const entries = Object.entries(turns).flatMap(([name, all]) =>
    Object.entries(ingestFigures(all)).map(([figure, value]) => [`${figure}${name}`, value] as const),
  );
  return Object.fromEntries(entries);
}

/** Events a second, and how far behind the stream. */
function ingestFigures(turns: readonly IngestFigures[]) {
  const sum = (numbers: readonly number[]) => numbers.reduce((all, one) => all + one, 0);
  const lags = turns.flatMap((turn) => turn.lags);
  return {
    ingest: round(sum(turns.map(({ events }) => events)) / sum(turns.map((turn) => turn.seconds))),
    lagP50S: round(quantile(lags, 0.5), 2),
    lagMaxS: round(Math.max(...lags), 2),
  };
}
