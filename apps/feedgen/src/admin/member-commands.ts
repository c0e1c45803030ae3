import { readAccountName } from '@updraft/atproto';
import { type Command, CommandError, type CommandIo, type CommandOptions } from '@updraft/command';
import { changeMembership, readMembersPage } from '@updraft/store';
import { readFeedsConfig } from '../config.ts';
import { feedByName, membersLabel } from '../feeds-file/feed.ts';
import { readFeedsFile } from '../feeds-file/read-feeds.ts';
import { openStores } from './config.ts';

const by = { by: { type: 'string' } } as const;

/** `pnpm admin member add | remove | list`: what the admin API does, for whoever has the machine. */
export const memberCommands: readonly Command[] = [
  {
    subject: 'member',
    verb: 'add',
    usage: 'FEED DID [--by WHO]',
    summary: 'Makes an account a member of a feed.',
    options: by,
    run: setMember(true),
  },
  {
    subject: 'member',
    verb: 'remove',
    usage: 'FEED DID [--by WHO]',
    summary: 'Ends a membership, at once.',
    options: by,
    run: setMember(false),
  },
  { subject: 'member', verb: 'list', usage: 'FEED', summary: "Lists a feed's members, newest first.", run: list },
];

function setMember(isMember: boolean): Command['run'] {
  return async ([name, account = ''], options, io) => {
    const label = await requireLabel(name, io);
    const did = readAccountName(account)?.did;
    if (did === undefined) throw new CommandError('expected the DID of the account after the feed');
    const changedBy = typeof options['by'] === 'string' ? options['by'] : 'pnpm admin';
    await using stores = openStores(io);
    const isChanged = await changeMembership(stores.clickhouse, {
      label,
      did,
      isMember,
      changedBy,
      atMicros: Date.now() * 1000,
    });
    await stores.bus.publish({ kind: 'member', label, did, isMember });
    io.out(isChanged ? `${did} ${isMember ? 'now bears' : 'no longer bears'} the label ${label}` : 'nothing to change');
  };
}

async function list([name]: readonly string[], _options: CommandOptions, io: CommandIo): Promise<void> {
  const label = await requireLabel(name, io);
  await using stores = openStores(io);
  const limit = 1_000;
  for (let page = 1; ; page++) {
    const { members } = await readMembersPage(stores.clickhouse, { label, search: '', page, limit });
    for (const member of members)
      io.out([member.did, member.handle, member.displayName.replace(/\s+/g, ' '), member.createdAt].join('\t'));
    if (members.length < limit) return;
  }
}

async function requireLabel(name: string | undefined, io: CommandIo): Promise<string> {
  const { feeds } = await readFeedsFile(readFeedsConfig(io.env).feedsFile);
  const feed = name === undefined ? undefined : feedByName(feeds, name);
  const label = feed === undefined ? undefined : membersLabel(feed);
  if (label === undefined)
    throw new CommandError(`expected the name of a feed with members${name === undefined ? '' : `, got ${name}`}`);
  return label;
}
