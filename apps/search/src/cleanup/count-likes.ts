import { recordTime } from '@updraft/atproto';
import { type ClickHouse, oldestWholeDay, ownPostLikes, readRetention, StoreError } from '@updraft/store';
import { DAY_MS } from '../days.ts';
import { type LikedPosts, tidNumbers } from './keep.ts';

/** Likes can't be counted now, so posts that likes might protect must stay. */
export class LikesUnavailableError extends Error {
  override name = 'LikesUnavailableError';
}

/** Which of an account's posts have at least `minLikes` likes. @throws LikesUnavailableError, or the signal's reason */
export type CountLikes = (did: string, minLikes: number, signal: AbortSignal) => Promise<LikedPosts>;

export function createCountLikes(clickhouse: ClickHouse): CountLikes {
  return async (did, minLikes, signal) => {
    const [enough, few]: [string[], string[]] = [[], []];
    try {
      const wholeFromS = await likesAreWholeFrom(clickhouse);
      for await (const posts of ownPostLikes(clickhouse, { did, minLikes, signal })) {
        for (const { rkey, hasEnough } of posts) {
          if (hasEnough) enough.push(rkey);
          else if (recordTime(rkey).recordTimeS >= wholeFromS) few.push(rkey);
        }
      }
    } catch (cause) {
      signal.throwIfAborted();
      if (!(cause instanceof StoreError)) throw cause;
      throw new LikesUnavailableError("the likes of the account's posts can not be counted now", { cause });
    }
    return { enough: tidNumbers(enough), few: tidNumbers(few) };
  };
}

/** The index has all likes of posts from this time on, in seconds since 1970; a retention may have removed likes of older posts. */
async function likesAreWholeFrom(clickhouse: ClickHouse): Promise<number> {
  const likes = (await readRetention(clickhouse)).get('likes');
  return likes === undefined ? 0 : (oldestWholeDay(new Map([['likes', likes]]), Date.now()) * DAY_MS) / 1000;
}
