import { createClickHouse } from '@updraft/store';
import { readNumbers } from '../tests/world/command-line.ts';
import { startViewers } from './feed/viewers.ts';
import { AUDIENCE, measurePages } from './for-you/ask-pages.ts';
import { accountsOf, copyLikes, fillCommunities } from './for-you/fill-communities.ts';
import { measureQuery } from './for-you/run-query.ts';
import { untilMerged } from './shared/until-merged.ts';
import { say, withDatabases } from './shared/with-databases.ts';

const {
  likes,
  posts,
  viewers: count,
  maxLikes,
  seconds,
} = readNumbers(
  `pnpm bench for-you [--likes 17000000] [--posts 1300000] [--viewers 500] [--maxLikes 25000000] [--seconds 20]
  A day of likes of the whole network in the graph, and what viewers get of it: builds with moderation, blocks and validation, one after the other, then
  eight together; then the first page of each viewer out of a feed generator that has built nothing, eight together, and once more.`,
  { likes: 17_000_000, posts: 1_300_000, viewers: 500, maxLikes: 25_000_000, seconds: 20 },
);

const FEEDS = 'feeds:\n  top: { kind: top, window: 24h, minimumLikes: 15 }\n  mine: { kind: for-you, fallback: top }\n';
const AT_ONCE = 8;
/** Those who like most are few and mostly bots; the last have liked little. */
const RANKS = { from: accountsOf(likes) / 2_000, to: accountsOf(likes) / 2 };

await withDatabases('for-you', async (databases, folder) => {
  const { connection } = databases.clickhouse;
  await using viewers = await startViewers(count);
  const dids = viewers.tokens(count, AUDIENCE).map(didOf);
  const clickhouse = createClickHouse(connection);
  say(`filling a day: ${likes.toLocaleString('en')} likes of ${posts.toLocaleString('en')} posts …`);
  await fillCommunities(clickhouse, { likes, posts, asOfMs: Date.now(), say });
  const step = (RANKS.to - RANKS.from) / count;
  await copyLikes(
    clickhouse,
    dids.map((to, n) => ({ rank: Math.floor(RANKS.from + n * step), to })),
  );
  await clickhouse.close();
  await untilMerged(databases.clickhouse.url);
  const common = { feeds: FEEDS, maxLikes, atOnce: AT_ONCE };
  const { viewersPerMinute, ...builds } = await measureQuery({ ...common, connection, dids, seconds });
  const pages = await measurePages({ ...common, databases, folder, viewers, count, alias: 'mine' });
  return { likes, viewers: count, ...builds, ...pages, viewersPerMinute };
});

/** Whose token it is. */
function didOf(token: string): string {
  const [, payload = ''] = token.split('.');
  return (JSON.parse(Buffer.from(payload, 'base64url').toString()) as { iss: string }).iss;
}
