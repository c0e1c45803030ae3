import { accountDid, type BuildProgram, CommandError, type CommandIo, JSON_OPTION, writeRow } from '@updraft/command';
import {
  authorsLabel,
  createExplain,
  type Explain,
  type Explanation,
  type Feed,
  feedOrVariantByName,
  hideSubject,
  isPersonal,
  isQueried,
  keepValidPosts,
  labelsOf,
  leftOutBy,
  type PersonalFeed,
  type QueriedFeed,
  readFeedsConfig,
  readFeedsFile,
  type Standings,
  withVariants,
} from '@updraft/feeds';
import { type ClickHouse, readMembers, readStandings, visiblePosts } from '@updraft/store';
import { type AdminStores, openStores } from '../open-stores.ts';
import { presentFeeds } from './present-feeds.ts';
import { requireFeed } from './require-feed.ts';
import { storedLists } from './stored-lists.ts';
import { readSubject } from './subject.ts';

/** `pnpm admin explain FEED URI`: what the admin API's explain says. */
export const addExplainCommand: BuildProgram = (program, io) => {
  program
    .command('explain')
    .description('Says why a post is in a feed or not: each rule with its numbers, its score, its place.')
    .argument('<feed>', 'its name; NAME/VARIANT for a variant of it')
    .argument('<post>', 'its at-uri, or its address on bsky.app')
    .option('--viewer <did>', "whose list is meant, of a feed of one's own", accountDid)
    .option(...JSON_OPTION)
    .action((feed, post, options) => explain(feed, post, options, io));
};

async function explain(
  name: string,
  post: string,
  options: { readonly viewer?: string | undefined; readonly json?: true | undefined },
  io: CommandIo,
): Promise<void> {
  const file = await readFeedsFile(readFeedsConfig(io.env).feedsFile);
  const { alias } = requireFeed(file.feeds, name, feedOrVariantByName); // before the stores are asked
  await using stores = openStores(io);
  const { feeds } = await presentFeeds(file, stores.clickhouse);
  const feed = requireFeed(feeds, alias, feedOrVariantByName);
  if (isPersonal(feed) && options.viewer === undefined)
    throw new CommandError(`${feed.alias} has a list for each viewer: say whose, by --viewer DID`);
  const { did, rkey } = await readSubject(post, stores.clickhouse);
  if (rkey === undefined)
    throw new CommandError(`expected a post, such as at://did:plc:…/app.bsky.feed.post/…, got ${post}`);
  const uri = hideSubject(did, rkey);
  const explainPost = await createExplainer(stores, withVariants(feeds.values()));
  const explanation = await explainPost(feed, uri, Date.now(), options.viewer);
  if (options.json === true) io.out(JSON.stringify(explanation));
  else writeText(explanation, io);
}

async function createExplainer({ clickhouse, builds }: AdminStores, feeds: readonly Feed[]): Promise<Explain> {
  const { isValidPost } = await import('@updraft/feeds/post-validity'); // the lexicons take a second
  const values = labelsOf(feeds.filter((feed) => isQueried(feed) || isPersonal(feed)));
  const standings: Standings = (posts) =>
    readStandings(
      clickhouse,
      [...posts].map(({ uri }) => uri),
      { values, nowMs: Date.now() },
    );
  const deps = {
    clickhouse,
    isCut: async (feed: QueriedFeed | PersonalFeed, uri: string) =>
      !(await isStillTaken(clickhouse, feed, uri, standings)),
    keepValid: keepValidPosts(clickhouse, async (records) => records.map(isValidPost)),
    standings,
  };
  return createExplain({ ...deps, currentBuild: builds.current, personal: storedLists(deps, builds) });
}

/** As feedgen checks the posts of its builds. */
async function isStillTaken(
  clickhouse: ClickHouse,
  feed: QueriedFeed | PersonalFeed,
  uri: string,
  standings: Standings,
) {
  const rowVersion = (await visiblePosts(clickhouse, [uri])).get(uri);
  if (rowVersion === undefined) return false;
  const standing = (await standings([{ uri, rowVersion }])).get(uri);
  if (standing === undefined || leftOutBy(feed, standing) !== undefined) return false;
  const label = authorsLabel(feed);
  return label === undefined || (await readMembers(clickhouse, label)).some((did) => uri.startsWith(`at://${did}/`));
}

function writeText({ isShown, isTaken, because, rules, score, build }: Explanation, io: CommandIo): void {
  const row = (...columns: string[]) => writeRow(io, {}, columns, {});
  row('shown now', isShown ? 'yes' : 'no');
  row('in a build made now', isTaken ? 'yes' : 'no', because);
  if (build !== undefined) {
    const place = build.place === undefined ? 'not in it' : `place ${build.place}${build.isCut ? ', cut' : ''}`;
    row('current build', place, `${build.posts} posts, as of ${build.asOf}`);
  }
  if (score !== undefined) {
    const { likes, reposts, replies, sum, ageHours, gravity, weights } = score;
    const counted = `${likes} × ${weights.likes} likes + ${reposts} × ${weights.reposts} reposts + ${replies} × ${weights.replies} replies = ${sum}`;
    const fading = gravity === undefined ? '' : `, (${sum} - 1) / (${ageHours.toFixed(2)} h + 2) ^ ${gravity}`;
    row('score', String(score.score), `${counted}${fading}`);
  }
  for (const { rule, isPassed, detail } of rules)
    row(isPassed === undefined ? '-' : isPassed ? 'passed' : 'failed', rule, detail);
}
