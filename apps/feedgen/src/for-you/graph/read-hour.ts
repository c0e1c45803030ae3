import type { LikeGraph } from '@updraft/recommender';
import { type ClickHouse, likesOfHour, postsOfHour, WORDS_OF_LIKE } from '@updraft/store';

export interface ReadHourOptions {
  readonly hour: number;
  readonly nowMs: number;
  /** More likes of the hour are left out. */
  readonly maxLikes: number;
  readonly signal: AbortSignal;
}

/** Reads an hour's likes, and what is known of the posts of that hour. When it fails the graph has the hour as it was. */
export async function readHour(clickhouse: ClickHouse, graph: LikeGraph, options: ReadHourOptions): Promise<void> {
  const reading = graph.beginHour(options.hour);
  try {
    for await (const words of likesOfHour(clickhouse, { ...options, limit: options.maxLikes }))
      addLikes(words, reading);
  } catch (error) {
    reading.abandon();
    throw error;
  }
  reading.commit();
  for await (const posts of postsOfHour(clickhouse, options)) for (const post of posts) graph.learn(post);
}

function addLikes(words: Uint32Array, reading: ReturnType<LikeGraph['beginHour']>): void {
  for (let n = 0; n < words.length; n += WORDS_OF_LIKE)
    reading.add(words[n] as number, words[n + 1] as number, words[n + 2] as number, words[n + 3] as number);
}
