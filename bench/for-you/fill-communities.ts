import { type ClickHouse, createHiddenActors } from '@updraft/store';
import { DAY_MS, did, EMPTY_REST, tid, tidNumber, uniform, version } from '../shared/row-sql.ts';

export interface CommunitiesOptions {
  readonly likes: number;
  readonly posts: number;
  readonly asOfMs: number;
  readonly say: (line: string) => void;
}

const CHUNK = 500_000;
/** Of 17 million likes: 2,000,000 accounts in 2,000 communities. */
export const accountsOf = (likes: number): number => Math.ceil((likes * 2) / 17);
const communitiesOf = (likes: number): number => Math.ceil((likes * 2) / 17_000);
/** Stretches of the day. A post of each has a place; a community has the same places in each. */
const STRETCHES = 130;
/** Of the likes: what the whole network likes. */
const SHARE_FOR_ALL = 0.3;

/**
 * Fills a day of likes like the network's, with tastes: an account belongs to three communities, unequally, and likes what is young and popular there. A
 * few accounts give most likes (the first gives 8,000 of 17 million), a few posts have most. Two fifths of the posts are replies.
 */
export async function fillCommunities(clickhouse: ClickHouse, options: CommunitiesOptions): Promise<void> {
  const { likes, posts, say } = options;
  const run = (sql: string) => clickhouse.command(sql, {}, { timeoutMs: 600_000 });
  const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
  await createHiddenActors({ clickhouse, log }).fold();
  for (let from = 0; from < posts; from += CHUNK) await run(postsSql(options, from, Math.min(CHUNK, posts - from)));
  say('posts are in');
  for (let from = 0; from < likes; from += CHUNK) await run(likesSql(options, from, Math.min(CHUNK, likes - from)));
  say('likes are in');
}

/** Gives accounts the likes of others of the day, as their own: those of the account of each rank. */
export async function copyLikes(
  clickhouse: ClickHouse,
  pairs: readonly { readonly rank: number; readonly to: string }[],
): Promise<void> {
  const list = pairs.map(({ rank, to }) => `(${did(String(rank))}, '${to}')`).join(', ');
  await clickhouse.command(
    `INSERT INTO record_rows (record_hour, collection, repo, rkey_tid, operation, subject, relative_version, deleted)
     SELECT record_hour, collection, pair.2, rkey_tid, operation, toString(subject), relative_version, 0
     FROM (SELECT *, arrayJoin(arrayFilter(p -> p.1 = repo, [${list}])) AS pair FROM record_rows FINAL
           WHERE collection = 'app.bsky.feed.like' AND repo IN (SELECT arrayJoin([${list}]).1))`,
    {},
    { timeoutMs: 300_000 },
  );
}

const placesOf = (posts: number) => Math.max(1, Math.floor(posts / STRETCHES));
const timeOf = (asOfMs: number, number: string, total: number) =>
  `toInt64(${asOfMs - DAY_MS} + intDiv(toInt64(${number}) * ${DAY_MS}, ${total}))`;
const author = (post: string, likes: number) =>
  `floor(${accountsOf(likes) / 4} * pow(${uniform(`'author', toUInt64(${post})`)}, 2))`;

function postsSql({ asOfMs, posts, likes }: CommunitiesOptions, from: number, count: number): string {
  return `INSERT INTO post_rows (record_hour, sort_at, did, rkey, operation, text, langs, parent_uri, root_uri, embed, json_rest, version, deleted)
    WITH ${timeOf(asOfMs, 'number', posts)} AS ms
    SELECT toUInt32(intDiv(ms, 3600000)), fromUnixTimestamp64Milli(ms, 'UTC'), ${did(author('number', likes))}, ${tid('ms', "'p', number")}, 'create',
      'a post of some words, as long as most of them are', [if(number % 10 = 0, 'ja', 'en')],
      if(number % 5 < 3, '', 'at://did:plc:x/app.bsky.feed.post/y'), if(number % 5 < 3, '', 'at://did:plc:x/app.bsky.feed.post/y'),
      'none', ${EMPTY_REST}, ${version('ms')}, 0
    FROM numbers(${from}, ${count})`;
}

/** Places of a stretch: community c has those from the root of c / C to that of (c + 1) / C, so the first ones are the largest. */
function likesSql({ asOfMs, posts, likes }: CommunitiesOptions, from: number, count: number): string {
  const [places, communities] = [placesOf(posts), communitiesOf(likes)];
  const edge = (community: string) => `floor(${places} * sqrt((${community}) / ${communities}))`;
  return `INSERT INTO record_rows (record_hour, collection, repo, rkey_tid, operation, subject, relative_version, deleted)
    WITH ${timeOf(asOfMs, 'number', likes)} AS ms,
      toUInt64(floor(${accountsOf(likes)} * pow(${uniform("'liker', number")}, 2))) AS liker,
      multiIf(${uniform("'which', number")} < 0.6, 1, ${uniform("'which', number")} < 0.9, 2, 3) AS which,
      floor(${communities} * pow(${uniform("'taste', liker, which")}, 2)) AS community,
      ${uniform("'all', number")} < ${SHARE_FOR_ALL} AS is_for_all,
      if(is_for_all, 0, ${edge('community')}) AS first,
      if(is_for_all, ${places}, greatest(${edge('community + 1')}, first + 1)) AS beyond,
      least(first + floor((beyond - first) * pow(${uniform("'place', number")}, if(is_for_all, 12, 3))), ${places - 1}) AS place,
      toInt64(floor(number * ${STRETCHES} / ${likes})) AS stretch,
      stretch - toInt64(floor((stretch + 1) * pow(${uniform("'age', number")}, 4))) AS post_stretch,
      toInt64(greatest(post_stretch, 0) * ${places} + if(is_for_all, (place * 7919) % ${places}, place)) AS post,
      ${timeOf(asOfMs, 'post', posts)} AS post_ms,
      ${tidNumber('ms', "'l', number")} AS rkey_tid
    SELECT toUInt32(intDiv(ms, 3600000)), 'app.bsky.feed.like', ${did('liker')}, rkey_tid, 'create',
      concat('at://', ${did(author('post', likes))}, '/app.bsky.feed.post/', ${tid('post_ms', "'p', post")}),
      ${version('ms')} - 2 * rkey_tid + 9223372036854775808, 0
    FROM numbers(${from}, ${count})`;
}
