import { type ClickHouse, ownPostLikes, StoreError } from '@updraft/store';
import { type LikedPosts, tidNumbers } from './keep.ts';

/** Nobody could say now which posts have their likes: nothing may be deleted that they could keep. */
export class LikesError extends Error {
  override name = 'LikesError';
}

/** Which of an account's posts have at least so many likes. @throws LikesError, or the signal's reason */
export type CountLikes = (did: string, minLikes: number, signal: AbortSignal) => Promise<LikedPosts>;

export function createCountLikes(clickhouse: ClickHouse): CountLikes {
  return async (did, minLikes, signal) => {
    const [enough, few]: [string[], string[]] = [[], []];
    try {
      for await (const posts of ownPostLikes(clickhouse, { did, minLikes, signal })) {
        for (const { rkey, hasEnough } of posts) (hasEnough ? enough : few).push(rkey);
      }
    } catch (cause) {
      signal.throwIfAborted();
      if (!(cause instanceof StoreError)) throw cause;
      throw new LikesError("the likes of the account's posts can not be counted now", { cause });
    }
    return { enough: tidNumbers(enough), few: tidNumbers(few) };
  };
}
