import type { ClickHouse } from '@updraft/store';

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
const ACCOUNTS = 500_000;
const CHUNK = 500_000;

/** The share of the posts that hold the k-th word. */
export function frequencyOf(k: number): number {
  const slot = Math.log((k + 1) / k) / Math.log(VOCABULARY);
  return 1 - (1 - slot) ** WORDS_PER_POST;
}

/** Fills posts, in the order of time; the engine makes them. One in five hundred is deleted again. */
export async function fillPosts(clickhouse: ClickHouse, { posts, days, asOfMs, say }: FillOptions): Promise<void> {
  const spanMs = days * 86_400_000;
  for (let from = 0; from < posts; from += CHUNK) {
    const count = Math.min(CHUNK, posts - from);
    const numbers = `numbers(${from}, ${count})`;
    await clickhouse.command(postsSql(numbers, asOfMs - spanMs, spanMs, posts, false), {}, { timeoutMs: 600_000 });
    const some = `(SELECT number * 500 AS number FROM numbers(${Math.ceil(from / 500)}, ${Math.floor(count / 500)}))`;
    await clickhouse.command(postsSql(some, asOfMs - spanMs, spanMs, posts, true), {}, { timeoutMs: 600_000 });
    if ((from / CHUNK) % 8 === 7) say(`${(from + count).toLocaleString('en')} posts are in`);
  }
}

const uniform = (seed: string) => `(cityHash64(${seed}) % 1000000007) / 1000000007.`;

function postsSql(numbers: string, startMs: number, spanMs: number, total: number, isDelete: boolean): string {
  const words = `arrayMap(i -> concat('w', toString(toUInt32(floor(pow(${VOCABULARY}, ${uniform('number, i')}))))), range(${WORDS_PER_POST}))`;
  return `INSERT INTO post_rows (record_hour, sort_at, did, rkey, text, langs, tokens, embed, has_embedded_media, version, deleted)
    WITH toInt64(${startMs} + intDiv(toInt64(number) * ${spanMs}, ${total})) AS ms, ${words} AS words,
      cityHash64('media', number) % 8 = 0 AS media
    SELECT toUInt32(intDiv(ms, 3600000)), fromUnixTimestamp64Milli(ms, 'UTC'),
      concat('did:plc:', substring(lower(base32Encode(toString(cityHash64(cityHash64('author', number) % ${ACCOUNTS})))), 1, 24)),
      concat(leftPad(hex(toUInt32(intDiv(ms, 1000))), 8, '0'), leftPad(hex(toUInt32(cityHash64('p', number) % 1048576)), 5, '0')),
      ${isDelete ? "'', [], []" : "arrayStringConcat(words, ' '), ['en'], arrayConcat(words, ['=en'], if(media, ['+media'], []))"},
      if(media, 'images', 'none'), media, bitShiftLeft(toUInt64(ms) * 1000, 11) + ${isDelete ? '2047, 1' : '0, 0'}
    FROM ${numbers}`;
}
