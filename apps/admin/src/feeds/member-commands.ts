import { accountDid, type BuildProgram, CommandError, type CommandIo, JSON_OPTION, writeRow } from '@updraft/command';
import { feedByName, membersLabel, readFeedsConfig, readFeedsFile } from '@updraft/feeds';
import { changeMembership, readMembersPage } from '@updraft/store';
import { openStores } from '../open-stores.ts';

/** `pnpm admin member add | remove | list`: what the admin API does, for the operator. */
export const addMemberCommands: BuildProgram = (program, io) => {
  const member = program.command('member').description("Feeds' members.");
  const verbs = [
    { verb: 'add', isMember: true, description: 'Makes an account a member of a feed.' },
    { verb: 'remove', isMember: false, description: 'Ends a membership, at once.' },
  ];
  for (const { verb, isMember, description } of verbs)
    member
      .command(verb)
      .description(description)
      .argument('<feed>', 'its name')
      .argument('<did>', 'the account', accountDid)
      .option('--by <who>', 'who makes the change, for the list of changes', 'pnpm admin')
      .action((feed, did, { by }) => setMember({ feed, did, isMember, changedBy: by }, io));
  member
    .command('list')
    .description("Lists a feed's members, newest first.")
    .argument('<feed>', 'its name')
    .option(...JSON_OPTION)
    .action((feed, options) => list(feed, options, io));
};

interface Change {
  readonly feed: string;
  readonly did: string;
  readonly isMember: boolean;
  readonly changedBy: string;
}

async function setMember({ feed, did, isMember, changedBy }: Change, io: CommandIo): Promise<void> {
  const label = await requireLabel(feed, io);
  await using stores = openStores(io);
  const isChanged = await changeMembership(stores.clickhouse, {
    label,
    did,
    isMember,
    changedBy,
    atMicros: Date.now() * 1000,
  });
  await stores.tell({ kind: 'member', label, did, isMember });
  io.out(isChanged ? `${did} ${isMember ? 'now bears' : 'no longer bears'} the label ${label}` : 'nothing to change');
}

async function list(feed: string, options: { readonly json?: true | undefined }, io: CommandIo): Promise<void> {
  const label = await requireLabel(feed, io);
  await using stores = openStores(io);
  const limit = 1_000;
  for (let page = 1; ; page++) {
    const { members } = await readMembersPage(stores.clickhouse, { label, search: '', page, limit });
    for (const { did, handle, displayName, createdAt } of members) {
      const columns = [did, handle, displayName.replace(/\s+/g, ' '), createdAt];
      writeRow(io, options, columns, { did, handle, displayName, createdAt });
    }
    if (members.length < limit) return;
  }
}

async function requireLabel(name: string, io: CommandIo): Promise<string> {
  const { feeds } = await readFeedsFile(readFeedsConfig(io.env).feedsFile);
  const feed = feedByName(feeds, name);
  const label = feed === undefined ? undefined : membersLabel(feed);
  if (label === undefined) throw new CommandError(`expected the name of a feed with members, got ${name}`);
  return label;
}
