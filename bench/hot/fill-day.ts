import { type ClickHouse, createHiddenActors } from '@updraft/store';

export interface DayOptions {
  readonly likes: number;
  readonly posts: number;
  readonly asOfMs: number;
  readonly say: (line: string) => void;
}

/** Rows of one INSERT. The indexer's batches are smaller; merges make larger parts than this of them. */
const CHUNK = 500_000;
const ACCOUNTS = 2_000_000;

/**
 * Fills posts and likes with a day like the network's, in the order of time; the engine makes the rows. A few posts have most of the likes,
 * likes follow their post, one in fifty comes a second time with later rows, one in fifty is taken back within hours, and 100,000 accounts
 * are hidden.
 */
export async function fillDay(clickhouse: ClickHouse, { likes, posts, asOfMs, say }: DayOptions): Promise<void> {
  const run = (sql: string) => clickhouse.command(sql, {}, { timeoutMs: 300_000 });
  await run(`INSERT INTO actor_status (did, is_deletion, active, status, version)
    SELECT ${did('number * 20')}, 0, 0, 'takendown', ${version(String(asOfMs))} FROM numbers(100000)`);
  const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
  await createHiddenActors({ clickhouse, log }).fold();
  const day = { asOfMs, posts, likes };
  for (let from = 0; from < posts; from += CHUNK)
    await run(postsSql(day, `numbers(${from}, ${Math.min(CHUNK, posts - from)})`));
  say('posts are in');
  for (let from = 0; from < likes; from += CHUNK) {
    const count = Math.min(CHUNK, likes - from);
    await run(likesSql(day, `numbers(${from}, ${count})`, 'new'));
    if (from === 0) continue;
    const earlier = `(SELECT toUInt64(cityHash64('earlier', number) % ${from}) AS number FROM numbers(${from}, ${Math.floor(count / 50)}))`;
    await run(likesSql(day, earlier, 'new'));
    await run(likesSql(day, earlier.replace('earlier', 'unliked'), 'taken back'));
  }
  say('likes are in');
}

interface Day {
  readonly asOfMs: number;
  readonly posts: number;
  readonly likes: number;
}

// SQL expressions. Each value is a function of its row's number, so that a row can come again.
const DAY_MS = 86_400_000;
export function did(account: string): string {
  return `concat('did:plc:', substring(lower(base32Encode(toString(cityHash64(toUInt64(${account}))))), 1, 24))`;
}
export const version = (ms: string) => `bitShiftLeft(toUInt64(${ms}) * 1000, 11)`;
export const uniform = (seed: string) => `(cityHash64(${seed}) % 1000000007) / 1000000007.`;
const timeOf = ({ asOfMs }: Day, number: string, total: number) =>
  `toInt64(${asOfMs - DAY_MS} + intDiv(toInt64(${number}) * ${DAY_MS}, ${total}))`;
const author = (post: string) => `cityHash64('author', toUInt64(${post})) % ${ACCOUNTS}`;
/** A TID as a number. */
export const tidNumber = (ms: string, salt: string) =>
  `(bitShiftLeft(toUInt64(${ms}) * 1000 + cityHash64(${salt}) % 1000, 10) + cityHash64(${salt}, 1) % 1024)`;
/** A TID: 53 bits of microseconds and 10 of clock id, five bits a character. */
export const tid = (ms: string, salt: string) =>
  `arrayStringConcat(arrayMap(i -> substring('234567abcdefghijklmnopqrstuvwxyz', 1 + bitAnd(bitShiftRight(bitShiftLeft(toUInt64(${ms}) * 1000, 10) + cityHash64(${salt}) % 1024, 5 * (12 - i)), 31), 1), range(13)))`;
export const times = (ms: string) =>
  `toUInt32(intDiv(${ms}, 3600000)) AS record_hour, fromUnixTimestamp64Milli(${ms}, 'UTC') AS sort_at`;

/** One in a hundred has a text that is too long. */
function postsSql(day: Day, numbers: string): string {
  return `INSERT INTO post_rows (record_hour, sort_at, did, rkey, operation, text, langs, parent_uri, embed, json_rest, version, deleted)
    WITH ${timeOf(day, 'number', day.posts)} AS ms
    SELECT ${times('ms')}, ${did(author('number'))}, ${tid('ms', "'p', number")}, 'create',
      if(cityHash64('text', number) % 100 = 0, repeat('x', 3001), 'a post of some words, as long as most of them are'), ['en'],
      if(number % 5 < 3, '', 'at://did:plc:x/app.bsky.feed.post/y'), 'none', '{\\x01,\\x02,\\x04}', ${version('ms')}, 0
    FROM ${numbers}`;
}

/**
 * The post of a like is a little older than the like, and popular: a high power of two divides its number. Each further power makes the
 * choice 0.62 times as likely, while half as many posts have it.
 */
function likesSql(day: Day, numbers: string, kind: 'new' | 'taken back'): string {
  const newest = `intDiv(toInt64(number) * ${day.posts}, ${day.likes})`;
  const isNew = kind === 'new';
  return `INSERT INTO record_rows (record_hour, collection, repo, rkey_tid, operation, subject, relative_version, deleted)
    WITH ${timeOf(day, 'number', day.likes)} AS ms,
      toInt64(${newest} * (1 - pow(${uniform("'age', number")}, 4))) AS near,
      toInt64(exp2(least(16, floor(log(${uniform("'fame', number")} + 1e-9) / log(0.62))))) AS fame,
      near - near % fame AS post,
      ${timeOf(day, 'post', day.posts)} AS post_ms,
      ${tidNumber('ms', "'l', number")} AS rkey_tid
    SELECT toUInt32(intDiv(ms, 3600000)), 'app.bsky.feed.like', ${did(`cityHash64('liker', number) % ${ACCOUNTS}`)}, rkey_tid, '${isNew ? 'create' : 'delete'}',
      ${isNew ? `concat('at://', ${did(author('post'))}, '/app.bsky.feed.post/', ${tid('post_ms', "'p', post")})` : "''"},
      ${version('ms')} + ${isNew ? 0 : 1} - 2 * rkey_tid + 9223372036854775808, ${isNew ? 0 : 1}
    FROM ${numbers}`;
}
