import { seenKey, seenLogMs } from '@updraft/feeds';
import type { Redis } from '@updraft/store';
import { ENTRY_BYTES } from './seen-entry.ts';

/** What each viewer was shown on each day, in Redis. A log only grows. Calls reject when Redis can't be reached. */
export interface SeenLogs {
  /** Of each of the days, which are whole numbers since 1970. */
  read(viewerDid: string, days: readonly number[]): Promise<Buffer[]>;
  /** Those entries that the day's log lacks, as long as it has room. */
  append(viewerDid: string, day: number, entries: Buffer): Promise<Appended>;
}

export interface Appended {
  /** Entries that are in the log now, and were not. */
  readonly noted: number;
  readonly known: number;
}

export interface SeenLogsOptions {
  readonly redis: Redis;
  /** Of the keys in Redis. */
  readonly prefix: string;
  /** Days before the present one that are read. */
  readonly days: number;
}

/** Posts in a day's log of one viewer. Who sees more may meet some of them again. */
export const MAX_ENTRIES = 5_000;

export function createSeenLogs({ redis, prefix, days }: SeenLogsOptions): SeenLogs {
  return {
    read: async (viewerDid, wanted) => {
      const logs = await redis.mgetBuffer(...wanted.map((day) => seenKey(prefix, viewerDid, day)));
      return logs.map((log) => log ?? Buffer.alloc(0));
    },
    append: async (viewerDid, day, entries) => {
      const key = seenKey(prefix, viewerDid, day);
      const answer = await redis.eval(APPEND, 1, key, entries, ENTRY_BYTES, MAX_ENTRIES * ENTRY_BYTES, seenLogMs(days));
      const [noted, known] = answer as [number, number];
      return { noted, known };
    },
  };
}

/** A log is at most 25 KB, so to look through it for a page's posts takes less than 0.2 ms. */
const APPEND = `
local log, bytes, max = redis.call('GET', KEYS[1]) or '', tonumber(ARGV[2]), tonumber(ARGV[3])
local lacking, known = {}, 0
for at = 1, #ARGV[1], bytes do
  local entry = string.sub(ARGV[1], at, at + bytes - 1)
  local found = string.find(log, entry, 1, true)
  while found and found % bytes ~= 1 do found = string.find(log, entry, found + 1, true) end
  if found then known = known + 1
  elseif #log + bytes * #lacking < max then lacking[#lacking + 1] = entry end
end
if #lacking > 0 then
  redis.call('APPEND', KEYS[1], table.concat(lacking))
  redis.call('PEXPIRE', KEYS[1], ARGV[4])
end
return {#lacking, known}`;
