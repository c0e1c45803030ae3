import type { Feed, FeedsFile } from '@updraft/feeds';
import { presentFeeds } from '../feeds/present-feeds.ts';
import type { AdminStores } from '../open-stores.ts';
import { checkBuilds } from './build-checks.ts';
import { type Finding, wrong } from './finding.ts';

/** Whether what hosts saved fits the feeds file, and the builds, by the settings that hold. */
export async function checkSaved(stores: AdminStores, file: FeedsFile, feeds: readonly Feed[]): Promise<Finding[]> {
  // Without ClickHouse the file's settings stand in; that it is away, others say.
  const present = await presentFeeds(file, stores.clickhouse).catch(() => ({ feeds: file.feeds, faults: NONE }));
  const findings = feeds
    .filter(({ alias }) => present.faults.has(alias))
    .map(({ alias }) => {
      const what = `what hosts saved is set aside, since it does not fit the feeds file: ${present.faults.get(alias)}`;
      return wrong(`settings of ${alias}`, what, 'a host goes back to the feeds file, or saves others, in the console');
    });
  return [
    ...findings,
    ...(await checkBuilds(
      stores,
      feeds.map((feed) => present.feeds.get(feed.alias) ?? feed),
    )),
  ];
}

const NONE: ReadonlyMap<string, string> = new Map();
