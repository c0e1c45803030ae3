import { CommandError, type CommandIo } from '@updraft/command';
import {
  type ChangedMember,
  changeMembers,
  feedByName,
  type MemberAction,
  membersLabel,
  readFeedsConfig,
  readFeedsFile,
} from '@updraft/feeds';
import { openStores } from '../open-stores.ts';

export interface Change {
  readonly feed: string;
  readonly did: string;
  readonly action: MemberAction;
  readonly changedBy: string;
}

/** Changes how an account stands towards a feed's members, tells the running feed generators, and says what changed. */
export async function changeMember({ feed, did, action, changedBy }: Change, io: CommandIo): Promise<void> {
  const { label } = await requireLabel(feed, io);
  await using stores = openStores(io);
  const [changed] = await changeMembers(stores.clickhouse, { label, changedBy }, [{ did, actions: [action] }]);
  if (changed === undefined) return;
  await stores.tell({ kind: 'member', label, did, isMember: changed.after.state === 'approved' });
  io.out(describe(changed, label));
}

function describe({ did, before, after, isLabelChanged }: ChangedMember, label: string): string {
  const bears = `${after.state === 'approved' ? 'now bears' : 'no longer bears'} the label ${label}`;
  if (isLabelChanged) return `${did} ${bears}`;
  return before === after ? `nothing to change: ${after.state}` : `${did}: ${after.state}`;
}

/** The label of a feed's members. @throws CommandError for a feed without members */
export async function requireLabel(name: string, io: CommandIo): Promise<{ alias: string; label: string }> {
  const { feeds } = await readFeedsFile(readFeedsConfig(io.env).feedsFile);
  const feed = feedByName(feeds, name);
  const label = feed === undefined ? undefined : membersLabel(feed);
  if (feed === undefined || label === undefined)
    throw new CommandError(`expected the name of a feed with members, got ${name}`);
  return { alias: feed.alias, label };
}
