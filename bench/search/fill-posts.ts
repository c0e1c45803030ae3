import type { ClickHouse } from '@updraft/store';
import { DAY_MS, did, EMPTY_REST, FAME, likesSql, tid, uniform, version } from '../shared/row-sql.ts';

export interface FillOptions {
  readonly posts: number;
  /** The days over which they are spread evenly; the last one ends at `asOfMs`. */
  readonly days: number;
  readonly asOfMs: number;
  readonly say: (line: string) => void;
}

/** How many words there are. The k-th is about 1/k as frequent as the first, as in any language. */
export const VOCABULARY = 50_000;
const WORDS_PER_POST = 15;
/** The same holds for tags, which one post in five has, and for domains, to which one in six links. */
export const TAGS = 20_000;
export const DOMAINS = 5_000;
const ACCOUNTS = 500_000;
const CHUNK = 500_000;

/** The share of the posts that hold the k-th word. */
export function frequencyOf(k: number): number {
  const slot = Math.log((k + 1) / k) / Math.log(VOCABULARY);
  return 1 - (1 - slot) ** WORDS_PER_POST;
}

/** Fills posts, in the order of time; the engine makes them. One in five hundred is deleted again. */
export async function fillPosts(clickhouse: ClickHouse, { posts, days, asOfMs, say }: FillOptions): Promise<void> {
  const spanMs = days * DAY_MS;
  for (let from = 0; from < posts; from += CHUNK) {
    const count = Math.min(CHUNK, posts - from);
    const numbers = `numbers(${from}, ${count})`;
    await clickhouse.command(postsSql(numbers, asOfMs - spanMs, spanMs, posts, false), {}, { timeoutMs: 600_000 });
    const some = `(SELECT number * 500 AS number FROM numbers(${Math.ceil(from / 500)}, ${Math.floor(count / 500)}))`;
    await clickhouse.command(postsSql(some, asOfMs - spanMs, spanMs, posts, true), {}, { timeoutMs: 600_000 });
    if ((from / CHUNK) % 8 === 7) say(`${(from + count).toLocaleString('en')} posts are in`);
  }
}

/** The SQL of the DID of the n-th account that may have posts. */
export const accountSql = (n: string): string => did(`toUInt64(${n}) % ${ACCOUNTS}`);
const author = (post: string) => accountSql(`cityHash64('author', toUInt64(${post}))`);
const rkey = (ms: string, post: string) => tid(ms, `'p', toUInt64(${post})`);
/** Numbers from 0, the k-th of them about 1/k as frequent as the first. */
const ranked = (count: number, seed: string) => `toString(toUInt32(floor(pow(${count}, ${uniform(seed)}))))`;

function postsSql(numbers: string, startMs: number, spanMs: number, total: number, isDelete: boolean): string {
  const words = `arrayMap(i -> concat('w', ${ranked(VOCABULARY, 'number, i')}), range(${WORDS_PER_POST}))`;
  const marks = `arrayConcat(['=en'], if(media, ['+media'], []),
        if(cityHash64('tagged', number) % 5 = 0, [concat('#t', ${ranked(TAGS, "'tag', number")})], []),
        if(cityHash64('linked', number) % 6 = 0, [concat('/d', ${ranked(DOMAINS, "'link', number")}, '.example')], []))`;
  return `INSERT INTO post_rows (record_hour, sort_at, did, rkey, text, langs, tokens, embed, has_embedded_media, json_rest, version, deleted)
    WITH toInt64(${startMs} + intDiv(toInt64(number) * ${spanMs}, ${total})) AS ms, ${words} AS words,
      cityHash64('media', number) % 8 = 0 AS media
    SELECT toUInt32(intDiv(ms, 3600000)), fromUnixTimestamp64Milli(ms, 'UTC'), ${author('number')}, ${rkey('ms', 'number')},
      ${isDelete ? "'', [], []" : `arrayStringConcat(words, ' '), ['en'], arrayConcat(words, ${marks})`},
      if(media, 'images', 'none'), media, ${isDelete ? "''" : EMPTY_REST}, ${version('ms')} + ${isDelete ? '2047, 1' : '0, 0'}
    FROM ${numbers}`;
}

export interface FillLikesOptions extends FillOptions {
  readonly likes: number;
  /** The last days, which have the likes. */
  readonly likedDays: number;
}

/** Fills likes of the posts that fillPosts() makes, in the order of time. They follow their posts, and a few posts have most of them. */
export async function fillLikes(clickhouse: ClickHouse, options: FillLikesOptions): Promise<void> {
  const { posts, days, likes, likedDays, asOfMs, say } = options;
  const first = Math.floor(posts * (1 - likedDays / days));
  const postMs = `toInt64(${asOfMs - days * DAY_MS} + intDiv(post * ${days * DAY_MS}, ${posts}))`;
  for (let from = 0; from < likes; from += CHUNK) {
    const sql = likesSql({
      numbers: `numbers(${from}, ${Math.min(CHUNK, likes - from)})`,
      ms: `toInt64(${asOfMs - likedDays * DAY_MS} + intDiv(toInt64(number) * ${likedDays * DAY_MS}, ${likes}))`,
      given: [
        `intDiv(toInt64(number) * ${posts - first}, ${likes}) AS newest`,
        `toInt64(${first} + newest * (1 - pow(${uniform("'age', number")}, 4))) AS near`,
        `${FAME} AS fame`,
        'near - near % fame AS post',
        `${postMs} AS post_ms`,
      ],
      postUri: `concat('at://', ${author('post')}, '/app.bsky.feed.post/', ${rkey('post_ms', 'post')})`,
      accounts: ACCOUNTS,
      kind: 'new',
    });
    await clickhouse.command(sql, {}, { timeoutMs: 600_000 });
    if ((from / CHUNK) % 8 === 7) say(`${(from + CHUNK).toLocaleString('en')} likes are in`);
  }
}
