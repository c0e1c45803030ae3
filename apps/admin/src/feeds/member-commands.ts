import { accountDid, type BuildProgram, boundedText, type CommandIo, JSON_OPTION, writeRow } from '@updraft/command';
import { readMembersPage } from '@updraft/store';
import { openStores } from '../open-stores.ts';
import { changeMember, requireLabel } from './change-member.ts';
import { addMemberQueueCommands } from './member-queue-commands.ts';

const BY = ['--by <who>', 'who makes the change, for the list of changes', 'pnpm admin'] as const;

/** What hosts do to an account, and the verb of each. */
const VERBS = [
  ['add', 'give', 'Makes an account a member of a feed. No source ends that.'],
  ['remove', 'remove', 'Ends a membership, at once. No source brings the account back.'],
  ['approve', 'approve', 'Lets in an account that waits. The membership ends with the source that it came from.'],
  ['reject', 'reject', 'Refuses an account. No source asks for it again.'],
  ['ban', 'ban', 'Keeps an account out, whatever the sources say.'],
  ['unban', 'unban', 'Takes a ban back: the sources may bring the account again.'],
  ['leave', 'leave', 'Notes that an account opts out. It stays out until it asks again.'],
] as const;

/** `pnpm admin member …`: what the admin API does, for the operator. */
export const addMemberCommands: BuildProgram = (program, io) => {
  const member = program.command('member').description("Feeds' members.");
  for (const [verb, kind, description] of VERBS)
    member
      .command(verb)
      .description(description)
      .argument('<feed>', 'its name')
      .argument('<did>', 'the account', accountDid)
      .option('--note <text>', 'why, for the queue and the audit log', boundedText(0, 1_000))
      .option(...BY)
      .action((feed, did, { by, note }) => changeMember({ feed, did, action: { kind, note }, changedBy: by }, io));
  member
    .command('note')
    .description('Writes down something about an account.')
    .argument('<feed>', 'its name')
    .argument('<did>', 'the account', accountDid)
    .argument('<text>', 'in place of the note before', boundedText(0, 1_000))
    .option(...BY)
    .action((feed, did, note, { by }) =>
      changeMember({ feed, did, action: { kind: 'note', note }, changedBy: by }, io),
    );
  member
    .command('list')
    .description("Lists a feed's members, newest first.")
    .argument('<feed>', 'its name')
    .option(...JSON_OPTION)
    .action((feed, options) => list(feed, options, io));
  addMemberQueueCommands(member, io);
};

async function list(feed: string, options: { readonly json?: true | undefined }, io: CommandIo): Promise<void> {
  const { label } = await requireLabel(feed, io);
  await using stores = openStores(io);
  const limit = 1_000;
  for (let page = 1; ; page++) {
    const { members } = await readMembersPage(stores.clickhouse, { label, page, limit });
    for (const { did, handle, displayName, createdAt } of members) {
      const columns = [did, handle, displayName.replace(/\s+/g, ' '), createdAt];
      writeRow(io, options, columns, { did, handle, displayName, createdAt });
    }
    if (members.length < limit) return;
  }
}
