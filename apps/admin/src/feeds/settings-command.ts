import { type BuildProgram, type CommandIo, JSON_OPTION, writeRow } from '@updraft/command';
import {
  changedEntryText,
  describeChange,
  type FeedsFile,
  parseSavedSettings,
  readFeedsConfig,
  readFeedsFile,
} from '@updraft/feeds';
import { type FeedSettingsRow, readFeedSettings } from '@updraft/store';
import { openStores } from '../open-stores.ts';
import { presentFeeds } from './present-feeds.ts';
import { requireFeed } from './require-feed.ts';

/** `pnpm admin feed settings [NAME]`: what hosts changed beside the feeds file. */
export const addSettingsCommand: BuildProgram = (feed, io) => {
  feed
    .command('settings')
    .description('Lists the feeds of which hosts saved other settings; of one feed, prints its entry with them.')
    .argument('[name]', 'a feed')
    .option(...JSON_OPTION)
    .action((name, options) => (name === undefined ? list(options, io) : print(name, io)));
};

async function list(options: { readonly json?: true | undefined }, io: CommandIo): Promise<void> {
  const file = await readFeedsFile(readFeedsConfig(io.env).feedsFile);
  await using stores = openStores(io);
  const { faults } = await presentFeeds(file, stores.clickhouse);
  for (const row of await readFeedSettings(stores.clickhouse)) {
    const settings = parseSavedSettings(row.settings) ?? {};
    const fault = file.feeds.has(row.feed) ? faults.get(row.feed) : 'the feeds file has no such feed';
    if (fault === undefined && Object.keys(settings).length === 0) continue;
    const { feed, changedBy } = row;
    const at = new Date(row.version / 1000).toISOString();
    const change = describeChange(file, feed, {}, settings);
    const columns = [feed, at, changedBy, fault === undefined ? change : `${change} (set aside: ${fault})`];
    writeRow(io, options, columns, { feed, at, changedBy, settings, ...(fault !== undefined && { fault }) });
  }
}

async function print(name: string, io: CommandIo): Promise<void> {
  const file = await readFeedsFile(readFeedsConfig(io.env).feedsFile);
  const { alias } = requireFeed(file.feeds, name);
  await using stores = openStores(io);
  const { faults } = await presentFeeds(file, stores.clickhouse);
  const fault = faults.get(alias);
  if (fault !== undefined) io.note(`what hosts saved is set aside, the feeds file holds: ${fault}`);
  const row = (await readFeedSettings(stores.clickhouse)).find(({ feed }) => feed === alias);
  io.out(entryOf(file, alias, fault === undefined ? row : undefined));
}

function entryOf(file: FeedsFile, alias: string, row: FeedSettingsRow | undefined): string {
  return changedEntryText(file, alias, parseSavedSettings(row?.settings ?? '') ?? {}).trimEnd();
}
