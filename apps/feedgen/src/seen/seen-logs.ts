import { seenKey, seenLogMs, seenTotalKey } from '@updraft/feeds';
import type { Redis } from '@updraft/store';
import { ENTRY_BYTES } from './seen-entry.ts';

/** What each viewer was shown on each day, in Redis. A log only grows. Calls reject when Redis can't be reached. */
export interface SeenLogs {
  /** Of each of the days, which are whole numbers since 1970. */
  read(viewerDid: string, days: readonly number[]): Promise<Buffer[]>;
  /** Those entries that the day's log lacks, as long as there is room. */
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
  /** Of Redis's memory, for the logs of all viewers and days. */
  readonly maxBytes: number;
}

/** Entries in a day's log of one viewer. Who sees more may meet some posts again. */
export const MAX_ENTRIES = 5_000;
/** What Redis needs at most, in bytes: a string that grows takes twice its length and more. */
const COST = { entry: 12, log: 200 };

export function createSeenLogs({ redis, prefix, days, maxBytes }: SeenLogsOptions): SeenLogs {
  /** Days whose logs are there at one time. */
  const kept = days + 2;
  const limits = [ENTRY_BYTES, MAX_ENTRIES, COST.entry, COST.log, Math.floor(maxBytes / kept), seenLogMs(days)];
  return {
    read: async (viewerDid, wanted) => {
      const logs = await redis.mgetBuffer(...wanted.map((day) => seenKey(prefix, viewerDid, day)));
      return logs.map((log) => log ?? Buffer.alloc(0));
    },
    append: async (viewerDid, day, entries) => {
      const keys = [seenKey(prefix, viewerDid, day), seenTotalKey(prefix, day)];
      const [noted, known] = (await redis.eval(APPEND, keys.length, ...keys, entries, ...limits)) as [number, number];
      return { noted, known };
    },
  };
}

/** A log is at most 25 KB, so to look through it for a page's posts takes less than 0.2 ms. */
const APPEND = `
local entries, bytes, maxEntries, entryCost, logCost, maxCost, keepMs =
  ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6]), ARGV[7]
local log = redis.call('GET', KEYS[1]) or ''
local left = maxCost - tonumber(redis.call('GET', KEYS[2]) or '0') - (log == '' and logCost or 0)
local room = math.min(maxEntries - #log / bytes, math.floor(left / entryCost))
local lacking, known = {}, 0
for at = 1, #entries, bytes do
  local entry = string.sub(entries, at, at + bytes - 1)
  local found = string.find(log, entry, 1, true)
  while found and found % bytes ~= 1 do found = string.find(log, entry, found + 1, true) end
  if found then known = known + 1 elseif #lacking < room then lacking[#lacking + 1] = entry end
end
if #lacking > 0 then
  redis.call('APPEND', KEYS[1], table.concat(lacking))
  redis.call('PEXPIRE', KEYS[1], keepMs)
  redis.call('INCRBY', KEYS[2], #lacking * entryCost + (log == '' and logCost or 0))
  redis.call('PEXPIRE', KEYS[2], keepMs)
end
return {#lacking, known}`;
