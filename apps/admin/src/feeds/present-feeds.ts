import { type FeedsFile, type LaidOver, layOver, parseSavedSettings } from '@updraft/feeds';
import { type ClickHouse, readFeedSettings } from '@updraft/store';

/** The feeds as the running feed generators have them: the file's, with what hosts saved laid over them. */
export async function presentFeeds(file: FeedsFile, clickhouse: ClickHouse): Promise<LaidOver> {
  const rows = await readFeedSettings(clickhouse);
  return layOver(file, new Map(rows.map(({ feed, settings }) => [feed, parseSavedSettings(settings)])));
}
