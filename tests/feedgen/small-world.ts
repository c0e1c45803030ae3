import { commitVersion, formatTid, readPost, recordJson, recordTime } from '@updraft/atproto';
import { postRow } from '@updraft/ingest';
import { type ClickHouse, insertRows, type PostRow, postRows, recordRows } from '@updraft/store';
import { recordRow } from '../record-row.ts';
import { didOf, liker } from './network.ts';

/** A post of a world of a few hundred, as a test knows it. */
export interface SmallPost {
  readonly uri: string;
  readonly did: string;
  readonly atMs: number;
  readonly words: readonly string[];
  readonly alts: readonly string[];
  readonly langs: readonly string[];
  readonly tags: readonly string[];
  readonly domain: string | undefined;
  readonly mention: string | undefined;
  readonly parentUri: string;
  readonly isValid: boolean;
  readonly isDeleted: boolean;
}

/** What an account did to a post at some time. */
export interface SmallDeed {
  readonly did: string;
  readonly uri: string;
  readonly atMs: number;
}

export interface SmallWorld {
  readonly posts: readonly SmallPost[];
  readonly likes: readonly SmallDeed[];
  readonly reposts: readonly SmallDeed[];
}

export const AUTHORS = Array.from({ length: 12 }, (_, n) => didOf(`author${'abcdefghijkl'[n]}`));
const VOCABULARY = ['river', 'stone', 'harbour', 'lamp', 'cloud', 'bread', 'night', 'garden'];
const HOUR_MS = 3_600_000;

type Dice = (below: number) => number;
export const pickOf = <T>(list: readonly T[], dice: Dice): T => list[dice(list.length)] as T;
export const wordOf = (dice: Dice): string => pickOf(VOCABULARY, dice);

/** Writes the posts of the last five days, and what others did to them; no two at the same moment. */
export async function writeSmallWorld(clickhouse: ClickHouse, count: number, dice: Dice): Promise<SmallWorld> {
  const posts: SmallPost[] = [];
  const startMs = Date.now() - 120 * HOUR_MS;
  for (let n = 0; n < count; n++)
    posts.push(makePost(startMs + Math.floor((n * 120 * HOUR_MS) / count), n, posts, dice));
  await insertRows(clickhouse, postRows, posts.flatMap(rowsOf));
  const deeds = (about: number): SmallDeed[] =>
    posts.flatMap((post) => Array.from({ length: dice(about) }, () => deedOn(post, dice)));
  const world = { posts, likes: deeds(7), reposts: deeds(3) };
  const write = (collection: string, list: readonly SmallDeed[]) =>
    insertRows(
      clickhouse,
      recordRows,
      list.map((deed, n) => deedRow(collection, deed, n)),
    );
  await write('app.bsky.feed.like', world.likes);
  await write('app.bsky.feed.repost', world.reposts);
  return world;
}

function makePost(atMs: number, n: number, earlier: readonly SmallPost[], dice: Dice): SmallPost {
  const did = pickOf(AUTHORS, dice);
  const some = <T>(inAll: number, make: () => T): T | undefined => (dice(inAll) === 0 ? make() : undefined);
  const list = (length: number, of: readonly string[]) => Array.from({ length }, () => pickOf(of, dice));
  const { rkey } = keyOf(atMs, n);
  return {
    uri: `at://${did}/app.bsky.feed.post/${rkey}`,
    did,
    atMs,
    words: list(1 + dice(4), VOCABULARY),
    alts: some(3, () => list(2, VOCABULARY)) ?? [],
    langs: some(5, () => []) ?? [pickOf(['en', 'en-GB', 'ja', 'pt-BR'], dice)],
    tags: some(4, () => [pickOf(['art', 'sea'], dice)]) ?? [],
    domain: some(4, () => pickOf(['news.example.com', 'example.com', 'example.org'], dice)),
    mention: some(6, () => pickOf(AUTHORS, dice)),
    parentUri: (earlier.length > 0 ? some(4, () => pickOf(earlier, dice).uri) : undefined) ?? '',
    isValid: dice(8) !== 0,
    isDeleted: dice(15) === 0,
  };
}

const keyOf = (atMs: number, clockId: number) => {
  const tid = { micros: atMs * 1000, clockId: clockId % 1024 };
  return { tid, rkey: formatTid(tid) };
};

/** An older version of it, and a deletion, where there are any. */
function rowsOf(post: SmallPost, n: number): PostRow[] {
  const { tid, rkey } = keyOf(post.atMs, n);
  const { recordHour } = recordTime(rkey);
  const meta = {
    recordHour,
    did: post.did,
    rkey,
    operation: 'create',
    sortAt: post.atMs,
    version: commitVersion(tid, false),
  };
  const record = recordOf(post);
  const row = postRow(readPost(record), recordJson(record) ?? '', meta);
  if (!post.isDeleted) return [row];
  const version = commitVersion({ ...tid, micros: tid.micros + 1 }, true);
  return [row, { ...row, tokens: [], text: '', operation: 'delete', jsonRest: '', version, deleted: true }];
}

function recordOf({ words, alts, langs, tags, domain, mention, parentUri, atMs, isValid }: SmallPost): object {
  const feature = (type: string, more: object) => ({
    index: { byteStart: 0, byteEnd: 1 },
    features: [{ $type: `app.bsky.richtext.facet#${type}`, ...more }],
  });
  const cid = 'bafyreidfayvfuwqa7qlnopdjiqrxzs6blmoeu4rujcjtnci5beludirz2a';
  const image = { $type: 'blob', ref: { $link: cid }, mimeType: 'image/png', size: 1 };
  const parent = { uri: parentUri, cid };
  return {
    $type: 'app.bsky.feed.post',
    text: words.join(' '),
    createdAt: new Date(atMs).toISOString(),
    langs,
    ...(isValid ? {} : { labels: 'none' }),
    ...(tags.length > 0 && { tags }),
    ...(parentUri !== '' && { reply: { parent, root: parent } }),
    ...(alts.length > 0 && { embed: { $type: 'app.bsky.embed.images', images: [{ alt: alts.join(' '), image }] } }),
    facets: [
      ...(domain === undefined ? [] : [feature('link', { uri: `https://${domain}/a` })]),
      ...(mention === undefined ? [] : [feature('mention', { did: mention })]),
    ],
  };
}

function deedOn({ uri, atMs }: SmallPost, dice: Dice): SmallDeed {
  return { uri, did: liker(dice(8)), atMs: Math.min(Date.now() - 1, atMs + dice(30 * HOUR_MS)) };
}

function deedRow(collection: string, { did, uri, atMs }: SmallDeed, n: number) {
  const { tid, rkey } = keyOf(atMs, n);
  return recordRow({ collection, repo: did, rkey, subject: uri, createdMs: atMs, version: commitVersion(tid, false) });
}
