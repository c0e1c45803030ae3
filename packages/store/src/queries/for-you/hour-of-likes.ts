import type { CallOptions, ClickHouse } from '../../clickhouse/types.ts';
import { bool, string, uint32 } from '../../row-binary/codecs.ts';
import { type RowOf, shape } from '../../row-binary/shape.ts';
import { isVisible } from '../../tables/hidden-actors.ts';
import { hasSubject, isVisibleRecord } from '../../tables/record-rows.ts';

/** A server of 2 cores has others to serve meanwhile. */
const CALL: CallOptions = { timeoutMs: 120_000, settings: { max_threads: 1 } };

export interface HourQuery {
  /** Hours since 1970. */
  readonly hour: number;
  /** What is dated later doesn't count. */
  readonly nowMs: number;
  readonly signal: AbortSignal;
}

/** Words of 32 bits of a like: those of its account's key and of its subject's, the low one first. */
export const WORDS_OF_LIKE = 4;

/**
 * The likes whose keys are of an hour and whose accounts show, as words: WORDS_OF_LIKE for each. An account that likes a post twice may come
 * twice. Gives at most `limit` likes.
 */
export async function* likesOfHour(
  clickhouse: ClickHouse,
  { hour, nowMs, signal, limit }: HourQuery & { readonly limit: number },
): AsyncGenerator<Uint32Array> {
  const chunks = clickhouse.streamBytes(
    `SELECT did_key, subject_key FROM record_rows FINAL
     WHERE record_hour = {hour:UInt32} AND collection = 'app.bsky.feed.like'
       AND rkey_tid < bitShiftLeft(toUInt64({nowMs:Int64} + 1) * 1000, 10) AND ${hasSubject} AND ${isVisibleRecord}
     LIMIT {limit:UInt64}`,
    { hour, nowMs, limit },
    { ...CALL, signal },
  );
  yield* wholeLikes(chunks);
}

const LIKE_BYTES = WORDS_OF_LIKE * 4;

/** Cuts chunks at the ends of likes. RowBinary is little-endian, as every machine that Node runs on. */
async function* wholeLikes(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint32Array> {
  let rest = new Uint8Array(0);
  for await (const chunk of chunks) {
    const bytes = new Uint8Array(rest.length + chunk.length);
    bytes.set(rest);
    bytes.set(chunk, rest.length);
    const whole = bytes.length - (bytes.length % LIKE_BYTES);
    rest = bytes.slice(whole);
    if (whole > 0) yield new Uint32Array(bytes.buffer, 0, whole / 4);
  }
}

/** A 64-bit key without a BigInt, as SQL. */
export const halves = (key: string, name: string): string =>
  `${low(key)} AS ${name}_lo, toUInt32(bitShiftRight(${key}, 32)) AS ${name}_hi`;
const low = (key: string): string => `toUInt32(bitAnd(${key}, 4294967295))`;

const POST_OF_HOUR = shape({
  keyLo: uint32,
  keyHi: uint32,
  authorLo: uint32,
  authorHi: uint32,
  did: string,
  rkey: string,
  sortAtS: uint32,
  isReply: bool,
  hasMedia: bool,
  langs: string,
  root: uint32,
});
export type PostOfHour = RowOf<typeof POST_OF_HOUR>;

/**
 * The posts whose keys are of an hour and that show, in chunks. `langs` are codes without region, sorted, between commas; `root` is a number that
 * posts of a thread have in common.
 */
export function postsOfHour(
  clickhouse: ClickHouse,
  { hour, nowMs, signal }: HourQuery,
): AsyncIterable<readonly PostOfHour[]> {
  return clickhouse.stream(
    `SELECT ${halves('uri_key', 'key')}, ${halves('did_key', 'author')}, did, rkey, toUInt32(toUnixTimestamp(sort_at)) AS sort_at_s,
       parent_uri != '' AS is_reply, has_embedded_media AS has_media,
       arrayStringConcat(arraySort(arrayDistinct(arrayMap(lang -> lower(splitByChar('-', lang)[1]), langs))), ',') AS langs,
       ${low("if(root_uri = '', uri_key, sipHash64(root_uri))")} AS root
     FROM post_rows FINAL
     WHERE record_hour = {hour:UInt32} AND sort_at <= fromUnixTimestamp64Milli({nowMs:Int64}, 'UTC') AND ${isVisible}`,
    POST_OF_HOUR,
    { hour, nowMs },
    { ...CALL, signal },
  );
}
