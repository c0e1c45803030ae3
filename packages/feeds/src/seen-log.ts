import { hashText, type Redis } from '@updraft/store';

/** Days that a seen log can be kept for. */
export const MAX_SEEN_DAYS = 14;
const DAY_MS = 86_400_000;

/** The UTC day of a moment, in days since 1970. */
export function seenDay(ms: number): number {
  return Math.floor(ms / DAY_MS);
}

/** The key in Redis of what a viewer was shown on a day. It holds a hash of the DID, not the DID. */
export function seenKey(prefix: string, viewerDid: string, day: number): string {
  return `${prefix}:seen:${hashText(viewerDid)}:${day}`;
}

/** The key of what the logs of all viewers of a day take of Redis's memory, in bytes. */
export function seenTotalKey(prefix: string, day: number): string {
  return `${prefix}:seen:total:${day}`;
}

/** How long a day's log lives after its last entry: it is read until the day `days` later is over. */
export function seenLogMs(days: number): number {
  return (days + 1) * DAY_MS;
}

/** Removes the logs of these viewers, whatever the days that feed generators keep. Rejects when Redis can't be reached. */
export async function eraseSeen(redis: Redis, prefix: string, viewerDids: readonly string[]): Promise<void> {
  const tomorrow = seenDay(Date.now()) + 1; // by the clock of another machine
  const days = Array.from({ length: MAX_SEEN_DAYS + 3 }, (_, ago) => tomorrow - ago);
  for (const did of viewerDids) await redis.unlink(days.map((day) => seenKey(prefix, did, day)));
}
