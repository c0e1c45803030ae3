import { type ClickHouse, createHiddenActors } from '@updraft/store';
import { DAY_MS, did, EMPTY_REST, FAME, likesSql, tid, times, uniform, version } from '../shared/row-sql.ts';

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
    await run(dayLikesSql(day, `numbers(${from}, ${count})`, 'new'));
    if (from === 0) continue;
    const earlier = `(SELECT toUInt64(cityHash64('earlier', number) % ${from}) AS number FROM numbers(${from}, ${Math.floor(count / 50)}))`;
    await run(dayLikesSql(day, earlier, 'new'));
    await run(dayLikesSql(day, earlier.replace('earlier', 'unliked'), 'taken back'));
  }
  say('likes are in');
}

interface Day {
  readonly asOfMs: number;
  readonly posts: number;
  readonly likes: number;
}

const timeOf = ({ asOfMs }: Day, number: string, total: number) =>
  `toInt64(${asOfMs - DAY_MS} + intDiv(toInt64(${number}) * ${DAY_MS}, ${total}))`;
const author = (post: string) => `cityHash64('author', toUInt64(${post})) % ${ACCOUNTS}`;

/** One in a hundred has a text that is too long. */
function postsSql(day: Day, numbers: string): string {
  return `INSERT INTO post_rows (record_hour, sort_at, did, rkey, operation, text, langs, parent_uri, embed, json_rest, version, deleted)
    WITH ${timeOf(day, 'number', day.posts)} AS ms
    SELECT ${times('ms')}, ${did(author('number'))}, ${tid('ms', "'p', number")}, 'create',
      if(cityHash64('text', number) % 100 = 0, repeat('x', 3001), 'a post of some words, as long as most of them are'), ['en'],
      if(number % 5 < 3, '', 'at://did:plc:x/app.bsky.feed.post/y'), 'none', ${EMPTY_REST}, ${version('ms')}, 0
    FROM ${numbers}`;
}

/** The post of a like is a little older than the like, and popular. */
function dayLikesSql(day: Day, numbers: string, kind: 'new' | 'taken back'): string {
  const newest = `intDiv(toInt64(number) * ${day.posts}, ${day.likes})`;
  return likesSql({
    numbers,
    ms: timeOf(day, 'number', day.likes),
    given: [
      `toInt64(${newest} * (1 - pow(${uniform("'age', number")}, 4))) AS near`,
      `${FAME} AS fame`,
      'near - near % fame AS post',
      `${timeOf(day, 'post', day.posts)} AS post_ms`,
    ],
    postUri: `concat('at://', ${did(author('post'))}, '/app.bsky.feed.post/', ${tid('post_ms', "'p', post")})`,
    accounts: ACCOUNTS,
    kind,
  });
}
