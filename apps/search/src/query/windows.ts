const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Beyond this, a search that has found nothing looks through all time: the index has few places to show for such words. */
const LONGEST_BLIND_MS = 10 * DAY_MS;
const FIRST_MS = HOUR_MS;
const LEAST_GROWTH = 2;
const MOST_GROWTH = 24;
/** Posts come unevenly: a little further than they promise. */
const MARGIN = 1.3;

/**
 * How far back to look next, measured from where the search began, in ms: as far as the posts found so far promise to fill
 * the page. At first an hour; Infinity for all time. Common words so cost no look at the days before, and rare ones no walk
 * in small steps. Pure.
 */
export function nextReach(reachMs: number, found: number, wanted: number): number {
  if (reachMs === 0) return FIRST_MS;
  if (found === 0) return reachMs >= LONGEST_BLIND_MS ? Number.POSITIVE_INFINITY : reachMs * MOST_GROWTH;
  const promised = (reachMs * wanted * MARGIN) / found;
  return Math.ceil(Math.min(Math.max(promised, reachMs * LEAST_GROWTH), reachMs * MOST_GROWTH));
}
