import { randomInt } from 'node:crypto';
import { seenDay } from '@updraft/feeds';
import type { Logger } from '@updraft/service';
import type { ErasedAccounts } from '@updraft/store';
import type { FeedgenMetrics } from '../metrics.ts';
import { createSeldomWarning } from '../seldom-warning.ts';
import { within } from '../within.ts';
import { createEntrySet } from './entry-set.ts';
import { entryCount, logsBefore, packEntries, seenEntry } from './seen-entry.ts';
import { createSeenLogs, type SeenLogs, type SeenLogsOptions } from './seen-logs.ts';
import type { SeenPosts } from './seen-posts.ts';

export interface SeenPostsOptions extends SeenLogsOptions {
  /** Nothing is noted of them. */
  readonly erased: Pick<ErasedAccounts, 'has'>;
  readonly metrics: Pick<FeedgenMetrics, 'seenViews' | 'seenPosts'>;
  readonly log: Logger;
  /** In ms since 1970. */
  readonly now: () => number;
  /** How long a reader waits for Redis. */
  readonly waitMs: number;
}

/** Reads that wait for Redis. While more do, nobody else waits. */
const MAX_READS = 1_000;
/** Posts on their way to Redis. */
const MAX_WAITING = 50_000;

/**
 * Seen posts over Redis. A page notes its cursor before its posts: whoever asks for it again is given what was not seen before that place of
 * the log. So pages are the same when they are asked for again, and yet leave out what another feed has shown meanwhile.
 */
export function createSeenPosts(options: SeenPostsOptions): SeenPosts {
  const logs = createSeenLogs(options);
  return { view: createViews(options, logs), add: createNotes(options, logs) };
}

function createViews(options: SeenPostsOptions, logs: SeenLogs): SeenPosts['view'] {
  const { redis, metrics, days, now, waitMs } = options;
  const warn = createSeldomWarning(
    options.log,
    'what viewers have seen could not be read: nothing is hidden from them',
  );
  const salt = randomInt(2 ** 32);
  let underWay = 0;

  async function read(viewerDid: string): Promise<readonly Buffer[]> {
    underWay += 1;
    try {
      return await logs.read(viewerDid, daysAround(seenDay(now()), days));
    } finally {
      underWay -= 1;
    }
  }

  return async (viewerDid, cursor) => {
    const canRead = isThere(redis) && underWay < MAX_READS;
    const found = canRead ? await within(waitMs, read(viewerDid)).catch(warn) : undefined;
    metrics.seenViews.inc({ outcome: found === undefined ? 'away' : 'read' });
    if (found === undefined) return { has: () => false };
    const then = cursor === undefined ? found : logsBefore(found, seenEntry(viewerDid, cursor));
    const entries = createEntrySet(then, salt);
    return { has: (uri) => entries.has(seenEntry(viewerDid, uri)) };
  };
}

/** The day and so many before it, the oldest first, and the next one: around midnight another instance's clock may be ahead. */
function daysAround(day: number, before: number): number[] {
  return Array.from({ length: before + 2 }, (_, after) => day - before + after);
}

/** Sends each at once, before its page goes out: whoever waits for the page finds it noted at every instance. */
function createNotes(options: SeenPostsOptions, logs: SeenLogs): SeenPosts['add'] {
  const { redis, erased, metrics, now } = options;
  const warn = createSeldomWarning(options.log, 'what viewers have seen could not be noted');
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

  return (viewerDid, uris, cursor) => {
    if (uris.length === 0 || erased.has(viewerDid)) return;
    const texts = cursor === undefined ? uris : [cursor, ...uris];
    const entries = packEntries(texts.map((text) => seenEntry(viewerDid, text)));
    if (!isThere(redis) || waiting >= MAX_WAITING) count('lost', entryCount(entries));
    else void note(viewerDid, entries);
  };
}

/** A client without a connection would make each reader wait for one. */
function isThere({ status }: SeenPostsOptions['redis']): boolean {
  return status === 'ready';
}
