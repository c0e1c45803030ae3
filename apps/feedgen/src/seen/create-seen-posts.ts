import { randomInt } from 'node:crypto';
import { seenDay } from '@updraft/feeds';
import type { Logger } from '@updraft/service';
import type { ErasedAccounts } from '@updraft/store';
import type { FeedgenMetrics } from '../metrics.ts';
import { within } from '../within.ts';
import { createEntrySet } from './entry-set.ts';
import { entryCount, packEntries, seenEntry } from './seen-entry.ts';
import { createSeenLogs, type SeenLogs, type SeenLogsOptions } from './seen-logs.ts';
import { endOf, formatMark, logUntil, parseMark } from './seen-mark.ts';
import { NOTHING_SEEN, type SeenPosts, type SeenView } from './seen-posts.ts';

export interface SeenPostsOptions extends SeenLogsOptions {
  /** Nothing is noted of them. */
  readonly erased: Pick<ErasedAccounts, 'has'>;
  readonly metrics: Pick<FeedgenMetrics, 'seenViews' | 'seenPosts'>;
  readonly log: Logger;
  /** In ms since 1970. */
  readonly now: () => number;
}

/** A reader waits no longer than this for Redis. */
const WAIT_MS = 300;
/** Reads that wait for Redis. While more do, nobody else waits. */
const MAX_READS = 1_000;
/** Posts on their way to Redis. */
const MAX_WAITING = 50_000;

/** Seen posts over Redis. */
export function createSeenPosts(options: SeenPostsOptions): SeenPosts {
  const logs = createSeenLogs(options);
  return { view: createViews(options, logs), add: createNotes(options, logs) };
}

function createViews(options: SeenPostsOptions, logs: SeenLogs): SeenPosts['view'] {
  const { redis, metrics, days, now } = options;
  const warn = createWarning(options, 'what viewers have seen could not be read: nothing is hidden from them');
  const salt = randomInt(2 ** 32);
  let underWay = 0;

  async function read(viewerDid: string, wanted: readonly number[]): Promise<Buffer[]> {
    underWay += 1;
    try {
      return await logs.read(viewerDid, wanted);
    } finally {
      underWay -= 1;
    }
  }

  return async (viewerDid, text) => {
    const mark = text === undefined ? undefined : parseMark(text);
    if (text !== undefined && mark === undefined) return NOTHING_SEEN;
    const wanted = mark === undefined ? daysUntil(seenDay(now()) + 1, days + 1) : daysUntil(mark.day, days);
    const canRead = isThere(redis) && underWay < MAX_READS;
    const found = canRead ? await within(WAIT_MS, read(viewerDid, wanted)).catch(warn) : undefined;
    metrics.seenViews.inc({ outcome: found === undefined ? 'away' : 'read' });
    // The next page may find the logs again.
    if (found === undefined) return { ...NOTHING_SEEN, mark: text ?? NOTHING_SEEN.mark };
    const view = mark === undefined ? newSnapshot(wanted, found) : { mark, logs: found };
    const [ofDay = EMPTY, ofDayBefore = EMPTY, ...earlier] = view.logs;
    const then = [logUntil(ofDay, view.mark.ofDay), logUntil(ofDayBefore, view.mark.ofDayBefore), ...earlier];
    return viewOf(viewerDid, formatMark(view.mark), then, salt);
  };
}

const EMPTY = Buffer.alloc(0);

/** That day and so many before it, the newest first. */
function daysUntil(day: number, before: number): number[] {
  return Array.from({ length: before + 1 }, (_, ago) => day - ago);
}

/** Tomorrow's log counts when there is one: another instance's clock may be ahead, around midnight. */
function newSnapshot([tomorrow = 0, ...days]: readonly number[], [ofTomorrow = EMPTY, ...logs]: readonly Buffer[]) {
  const isTomorrow = ofTomorrow.length > 0;
  const [day = 0] = isTomorrow ? [tomorrow] : days;
  const counted = isTomorrow ? [ofTomorrow, ...logs.slice(0, -1)] : logs;
  return { mark: { day, ofDay: endOf(counted[0] ?? EMPTY), ofDayBefore: endOf(counted[1] ?? EMPTY) }, logs: counted };
}

function viewOf(viewerDid: string, mark: string, logs: readonly Buffer[], salt: number): SeenView {
  const entries = createEntrySet(logs, salt);
  return { mark, has: (uri) => entries.has(seenEntry(viewerDid, uri)) };
}

/** Sends each at once, before its page goes out: whoever waits for the page finds it noted at every instance. */
function createNotes(options: SeenPostsOptions, logs: SeenLogs): SeenPosts['add'] {
  const { redis, erased, metrics, now } = options;
  const warn = createWarning(options, 'what viewers have seen could not be noted');
  const count = (outcome: string, posts: number) => {
    if (posts > 0) metrics.seenPosts.inc({ outcome }, posts);
  };
  let waiting = 0;

  async function note(viewerDid: string, entries: Buffer): Promise<void> {
    const posts = entryCount(entries);
    waiting += posts;
    try {
      const { noted, known } = await logs.append(viewerDid, seenDay(now()), entries);
      count('noted', noted);
      count('known', known);
      count('full', posts - noted - known);
    } catch (err) {
      count('lost', posts);
      warn(err);
    } finally {
      waiting -= posts;
    }
  }

  return (viewerDid, uris) => {
    if (uris.length === 0 || erased.has(viewerDid)) return;
    const entries = packEntries(uris.map((uri) => seenEntry(viewerDid, uri)));
    if (!isThere(redis) || waiting >= MAX_WAITING) count('lost', entryCount(entries));
    else void note(viewerDid, entries);
  };
}

const WARN_MS = 10_000;

/** Says it of the first failure, and then as often: the metrics count them all. */
function createWarning({ log }: Pick<SeenPostsOptions, 'log'>, what: string): (err: unknown) => undefined {
  let silentUntil = 0;
  return (err) => {
    if (performance.now() < silentUntil) return;
    silentUntil = performance.now() + WARN_MS;
    log.warn({ err }, what);
  };
}

/** A client without a connection would make each reader wait for one. */
function isThere({ status }: SeenPostsOptions['redis']): boolean {
  return status === 'ready';
}
