import { Counter, Gauge, Histogram, Registry } from 'prom-client';

/** The feed generator's metrics; docs/metrics.md describes them. */
export type FeedgenMetrics = ReturnType<typeof createFeedgenMetrics>;

export function createFeedgenMetrics() {
  const registry = new Registry();
  const make = createMaker(registry);
  let refresh = (): void => {};
  return {
    registry,
    /** Sets what refreshes the gauges when the metrics are read. */
    onRead: (refreshGauges: () => void): void => {
      refresh = refreshGauges;
    },
    buildAge: new Gauge({
      name: 'feed_build_age_seconds',
      help: 'Age of the build that is served: alarm when it grows',
      labelNames: ['feed'],
      registers: [registry],
      collect: () => refresh(), // the first gauge that is read refreshes all
    }),
    ...createBuildMetrics(make),
    ...createPersonalMetrics(make),
    ...createReaderMetrics(make),
    ...createMemberMetrics(make),
    ...createGraphMetrics(make),
    pages: createPageTally(registry),
  };
}

type Maker = ReturnType<typeof createMaker>;

function createMaker(registry: Registry) {
  const registers = [registry];
  return {
    counter: <Label extends string>(name: string, help: string, labelNames: Label[]) =>
      new Counter({ name, help, labelNames, registers }),
    gauge: <Label extends string>(name: string, help: string, labelNames: Label[] = []) =>
      new Gauge({ name, help, labelNames, registers }),
    histogram: <Label extends string>(name: string, help: string, buckets: number[], labelNames: Label[] = []) =>
      new Histogram({ name, help, buckets, labelNames, registers }),
  };
}

const BUILD_SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60];
const PAGE_SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1, 5];

function createBuildMetrics({ counter, gauge, histogram }: Maker) {
  return {
    builds: counter('feed_builds_total', 'Builds made by this instance, by feed and outcome', ['feed', 'outcome']),
    buildSeconds: histogram('feed_build_seconds', 'Time a build takes', BUILD_SECONDS, ['feed']),
    buildPosts: gauge('feed_build_posts', 'Posts in the build that is served', ['feed']),
    buildLateAfter: gauge('feed_build_late_after_seconds', 'Age from which the build of this feed is late', ['feed']),
    buildEmpty: gauge('feed_build_empty', '1 while the build is empty without reason, else 0', ['feed']),
    invalidPosts: gauge(
      'feed_invalid_posts',
      "Posts left out of the feed's last query since their records break the lexicon",
      ['feed'],
    ),
    leftOutPosts: gauge('feed_left_out_posts', "Posts left out of the feed's last query by a rule of moderation", [
      'feed',
      'rule',
    ]),
    cuts: gauge('feed_cut_posts', 'Posts of live builds that no longer show, or that a rule of their feed leaves out'),
    cutsAge: gauge('feed_cuts_age_seconds', 'Time since live builds were last checked for posts to hide'),
  };
}

function createPersonalMetrics({ counter, gauge, histogram }: Maker) {
  return {
    personalOpens: counter('personal_opens_total', 'First pages of personal feeds, by what the viewer got', [
      'feed',
      'outcome',
    ]),
    personalBuildSeconds: histogram('personal_build_seconds', "Time a viewer's build takes", BUILD_SECONDS, ['feed']),
    personalStoreFailures: counter(
      'personal_store_failures_total',
      "Viewers' builds that Redis did not keep or give",
      [],
    ),
    personalKept: gauge('personal_builds_kept', 'Viewers whose builds are in memory, by feed added up'),
    personalUnderWay: gauge('personal_builds_under_way', "Viewers' builds that are made now"),
    personalWaiting: gauge('personal_builds_waiting', "Viewers' builds that wait for their turn"),
  };
}

function createReaderMetrics({ counter, gauge, histogram }: Maker) {
  return {
    pageSeconds: histogram('feed_page_seconds', 'Time from request to page', PAGE_SECONDS),
    tokens: counter('viewer_tokens_total', 'Tokens of viewers, by outcome', ['outcome']),
    lookUps: counter('identity_lookups_total', 'DID documents asked for, by outcome', ['outcome']),
    rowsQueued: gauge('feed_rows_queued', 'Analytics and interactions not yet written'),
    rowsDropped: counter('feed_rows_dropped_total', 'Analytics and interactions dropped since the queue was full', [
      'table',
    ]),
    seenViews: counter('feed_seen_views_total', 'Look-ups of what a viewer has seen, by outcome', ['outcome']),
    seenPosts: counter('feed_seen_posts_total', 'Posts that were shown to viewers of whom it is noted, by outcome', [
      'outcome',
    ]),
    uniqueViewers: gauge('feed_unique_viewers_today', 'Signed-in viewers of the feed since 00:00 UTC, within 1 %', [
      'feed',
    ]),
  };
}

function createGraphMetrics({ counter, gauge }: Maker) {
  return {
    graphLikes: gauge('for_you_graph_likes', 'Likes in the graph of for-you feeds'),
    graphHours: gauge('for_you_graph_hours', 'Hours of likes in the graph'),
    graphBytes: gauge('for_you_graph_bytes', 'About what the graph takes of memory'),
    graphFailures: counter(
      'for_you_graph_failures_total',
      'Hours of likes that could not be read, and are tried again',
      [],
    ),
    graphLosses: counter(
      'for_you_graph_losses_total',
      'Times that the thread of the graph was lost and started again',
      [],
    ),
    graphSeeds: counter('for_you_seeds_total', "Viewers' likes read for a build, by source", ['source']),
  };
}

function createMemberMetrics({ counter, gauge }: Maker) {
  return {
    memberRounds: counter('member_source_rounds_total', 'Readings of the sources of members, by outcome', ['outcome']),
    memberChanges: counter('member_source_changes_total', 'Accounts that a source changed, by label and new state', [
      'label',
      'state',
    ]),
    memberSourcesFull: gauge('member_source_full', '1 while a source has as many accounts as it may have', [
      'label',
      'source',
    ]),
  };
}

/** Counts pages in plain numbers, which become metrics when they are read: prom-client would sort and hash the labels of each page. */
function createPageTally(registry: Registry) {
  const tallies = new Map<string, Map<string, number>>();
  const pages = new Counter({
    name: 'feed_pages_total',
    help: 'Pages given, by feed and kind of reader',
    labelNames: ['feed', 'reader'],
    registers: [],
    collect() {
      for (const [feed, byReader] of tallies) {
        for (const [reader, count] of byReader) this.inc({ feed, reader }, count);
        byReader.clear();
      }
    },
  });
  registry.registerMetric(pages);
  return {
    count: (feed: string, reader: string): void => {
      const byReader = tallies.get(feed) ?? new Map<string, number>();
      if (byReader.size === 0) tallies.set(feed, byReader);
      byReader.set(reader, (byReader.get(reader) ?? 0) + 1);
    },
  };
}
