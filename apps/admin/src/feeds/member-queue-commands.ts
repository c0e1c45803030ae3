import {
  type CommandIo,
  type CommandUnknownOpts,
  InvalidArgumentError,
  JSON_OPTION,
  wholeNumber,
  writeRow,
} from '@updraft/command';
import { MEMBER_STATES, type MemberState, membersLabel, readFeedsConfig, readFeedsFile } from '@updraft/feeds';
import { readAuditLog, readMemberRequests } from '@updraft/store';
import { openStores } from '../open-stores.ts';
import { requireLabel } from './change-member.ts';
import { requireFeed } from './require-feed.ts';

const LIMIT = ['--limit <n>', 'lines at most', wholeNumber(1, 10_000), 1_000] as const;

/** `pnpm admin member queue | log`. */
export function addMemberQueueCommands(member: CommandUnknownOpts, io: CommandIo): void {
  member
    .command('queue')
    .description('Lists the accounts that wait for approval, or those in another state; who changed last comes first.')
    .argument('<feed>', 'its name')
    .option('--state <state>', MEMBER_STATES.join(', '), memberState, 'pending' as const)
    .option(...LIMIT)
    .option(...JSON_OPTION)
    .action((feed, options) => queue(feed, options, io));
  member
    .command('log')
    .description('Shows what was done to a feed and its members, by whom and why, the last first.')
    .argument('<feed>', 'its name')
    .option('--of <subject>', 'only what concerns this DID or at-uri', '')
    .option(...LIMIT)
    .option(...JSON_OPTION)
    .action((feed, options) => log(feed, options, io));
}

function memberState(text: string): MemberState {
  const state = MEMBER_STATES.find((known) => known === text);
  if (state === undefined) throw new InvalidArgumentError(`expected ${MEMBER_STATES.join(', ')}.`);
  return state;
}

interface ListOptions {
  readonly limit: number;
  readonly json?: true | undefined;
}

async function queue(
  feed: string,
  options: ListOptions & { readonly state: MemberState },
  io: CommandIo,
): Promise<void> {
  const { label } = await requireLabel(feed, io);
  await using stores = openStores(io);
  const { state, limit } = options;
  const { requests, totalCount } = await readMemberRequests(stores.clickhouse, { label, state, page: 1, limit });
  for (const { did, handle, source, evidence, note, changedBy, changedAt } of requests) {
    const at = new Date(changedAt).toISOString();
    const columns = [did, handle, at, source, evidence, oneLine(note)];
    writeRow(io, options, columns, { did, handle, state, at, source, evidence, note, changedBy });
  }
  if (totalCount > requests.length) io.note(`${totalCount} in all: --limit shows more`);
}

async function log(feed: string, options: ListOptions & { readonly of: string }, io: CommandIo): Promise<void> {
  const { feeds } = await readFeedsFile(readFeedsConfig(io.env).feedsFile);
  const found = requireFeed(feeds, feed);
  await using stores = openStores(io);
  const query = {
    feed: found.alias,
    label: membersLabel(found) ?? '',
    subject: options.of,
    page: 1,
    limit: options.limit,
  };
  for (const { at, action, subject, changedBy, note } of await readAuditLog(stores.clickhouse, query)) {
    const time = new Date(at).toISOString();
    writeRow(io, options, [time, action, subject, changedBy, oneLine(note)], {
      at: time,
      action,
      subject,
      changedBy,
      note,
    });
  }
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ');
}
