import type { Feed, FeedsFile } from '@updraft/feeds';
import { presentFeeds } from '../feeds/present-feeds.ts';
import type { AdminStores } from '../open-stores.ts';
import { reasonOf } from './ask.ts';
import { type Finding, skipped, wrong } from './finding.ts';

/** Of feeds of which hosts saved settings that don't fit the feeds file. */
export async function checkSaved(
  { clickhouse }: AdminStores,
  file: FeedsFile,
  feeds: readonly Feed[],
): Promise<Finding[]> {
  try {
    const { faults } = await presentFeeds(file, clickhouse);
    return feeds
      .filter(({ alias }) => faults.has(alias))
      .map(({ alias }) => {
        const what = `what hosts saved is set aside, since it does not fit the feeds file: ${faults.get(alias)}`;
        return wrong(
          `settings of ${alias}`,
          what,
          'a host saves others in the console, or goes back to the feeds file',
        );
      });
  } catch (error) {
    const what = `can't be read: ${reasonOf(error)}`;
    return [skipped('saved settings', what, 'set CLICKHOUSE_ADDRESS to that of feedgen')];
  }
}
