import {
  type Feed,
  feedOrVariantByName,
  isPersonal,
  type PersonalFeed,
  runFollowing,
  withVariants,
} from '@updraft/feeds';
import { type ClickHouse, ConnectionError, likesOfHour, TimeoutError } from '@updraft/store';
import { reasonOf } from './ask.ts';
import { type Finding, ok, skipped, wrong } from './finding.ts';

const HOUR_MS = 3_600_000;
/** Who follows and likes nothing: the query is asked whole, and gives nothing. */
const NOBODY = 'did:web:nobody.invalid';
const TIMEOUT_MS = 30_000;

/** The feeds, and those that readers of personal ones get meanwhile. */
export function withFallbacks(feeds: readonly Feed[], all: ReadonlyMap<string, Feed>): Feed[] {
  const fallbacks = feeds.filter(isPersonal).map(({ fallback }) => feedOrVariantByName(all, fallback));
  return [...new Set([...feeds, ...fallbacks.filter((feed) => feed !== undefined)])];
}

/** Whether lists of single readers can be made: that what they are made of can be read, and is there. */
export async function checkPersonal(clickhouse: ClickHouse, feeds: readonly Feed[]): Promise<Finding[]> {
  const personal = withVariants(feeds).filter(isPersonal);
  return Promise.all(personal.map((feed) => checkLists(clickhouse, feed).catch((error) => unread(feed, error))));
}

async function checkLists(clickhouse: ClickHouse, feed: PersonalFeed): Promise<Finding> {
  const check = checkOf(feed);
  if (feed.kind === 'following') {
    await runFollowing(clickhouse, feed, NOBODY, { asOfMs: Date.now() }, async () => new Set());
    return ok(check, 'what readers follow can be read');
  }
  if (await hasLikes(clickhouse, Date.now())) return ok(check, 'there are likes of the last two hours');
  return wrong(
    check,
    `nobody liked anything in the last two hours: most readers get ${feed.fallback}`,
    'see whether the indexer runs, and whether it is behind',
  );
}

/** Of this hour or the one before, which feedgen reads again each half minute. */
async function hasLikes(clickhouse: ClickHouse, nowMs: number): Promise<boolean> {
  const hour = Math.floor(nowMs / HOUR_MS);
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  for (const wanted of [hour, hour - 1])
    for await (const words of likesOfHour(clickhouse, { hour: wanted, nowMs, signal, limit: 1 }))
      if (words.length > 0) return true;
  return false;
}

function unread(feed: PersonalFeed, error: unknown): Finding {
  const what = `can't be read: ${reasonOf(error)}`;
  if (error instanceof ConnectionError || error instanceof TimeoutError)
    return skipped(checkOf(feed), what, 'set CLICKHOUSE_ADDRESS to that of feedgen');
  return wrong(
    checkOf(feed),
    `${what}; readers get ${feed.fallback}`,
    'bring the schema up to date (pnpm migrate-up, or just migrate-up)',
  );
}

const checkOf = ({ alias }: PersonalFeed): string => `lists of ${alias}`;
