import { type BuildProgram, boundedText, type CommandIo, JSON_OPTION, writeRow } from '@updraft/command';
import { hideSubject, readFeedsConfig, readFeedsFile } from '@updraft/feeds';
import { changeHide, readHides } from '@updraft/store';
import { openStores } from '../open-stores.ts';
import { requireFeed } from './require-feed.ts';
import { readSubject } from './subject.ts';

const FEED = ['--feed <name>', 'from this feed only; default: from all feeds'] as const;
const BY = ['--by <who>', 'who makes the change, for the audit log', 'pnpm admin'] as const;
const SUBJECT = ['<subject>', 'an at-uri of a post, a DID, a handle, or its address on bsky.app'] as const;

/** `pnpm admin hide | unhide | hides`: single posts and accounts that a host takes out of feeds. */
export const addHideCommands: BuildProgram = (program, io) => {
  program
    .command('hide')
    .description('Takes a post or an account out of a feed, or out of all, at once.')
    .argument(...SUBJECT)
    .option(...FEED)
    .requiredOption('--reason <text>', 'why, for the audit log', boundedText(1, 1_000))
    .option(...BY)
    .action((subject, options) => setHidden(subject, { ...options, isHidden: true }, io));
  program
    .command('unhide')
    .description('Shows a post or an account again, where pnpm admin hide took it out.')
    .argument(...SUBJECT)
    .option(...FEED)
    .option('--reason <text>', 'why, for the audit log', boundedText(0, 1_000), '')
    .option(...BY)
    .action((subject, options) => setHidden(subject, { ...options, isHidden: false }, io));
  program
    .command('hides')
    .description('Lists what is hidden, the latest first.')
    .option('--feed <name>', 'from this feed, or from all')
    .option(...JSON_OPTION)
    .action((options) => list(options, io));
};

interface Change {
  readonly feed?: string | undefined;
  readonly reason: string;
  readonly by: string;
  readonly isHidden: boolean;
}

async function setHidden(text: string, { feed, reason, by, isHidden }: Change, io: CommandIo): Promise<void> {
  const alias = await aliasOf(feed, io);
  await using stores = openStores(io);
  const { did, rkey } = await readSubject(text, stores.clickhouse);
  const subject = hideSubject(did, rkey);
  const atMicros = Date.now() * 1000;
  const change = { feed: alias, subject, isHidden, reason, changedBy: by, atMicros };
  const isChanged = await changeHide(stores.clickhouse, change);
  await stores.tell({ kind: 'hides' });
  const where = alias === '' ? 'all feeds' : alias;
  io.out(isChanged ? `${subject} ${isHidden ? 'is hidden from' : 'may be in'} ${where}` : 'nothing to change');
}

async function list(
  { feed, json }: { readonly feed?: string | undefined; readonly json?: true | undefined },
  io: CommandIo,
): Promise<void> {
  const alias = feed === undefined ? undefined : await aliasOf(feed, io);
  await using stores = openStores(io);
  for (const hide of await readHides(stores.clickhouse)) {
    if (alias !== undefined && hide.feed !== '' && hide.feed !== alias) continue;
    const { subject, reason, changedBy } = hide;
    const at = new Date(hide.version / 1000).toISOString();
    const columns = [hide.feed === '' ? 'all feeds' : hide.feed, subject, at, changedBy, reason.replace(/\s+/g, ' ')];
    writeRow(io, { json }, columns, { feed: hide.feed, subject, at, changedBy, reason });
  }
}

/** The feed's name in the hides; '' for all. */
async function aliasOf(name: string | undefined, io: CommandIo): Promise<string> {
  if (name === undefined) return '';
  const { feeds } = await readFeedsFile(readFeedsConfig(io.env).feedsFile);
  return requireFeed(feeds, name).alias;
}
