import type { Instance } from './stage.ts';

/** Gives accounts a label, and has the instance know it at once. */
export async function addMembers({ feedgen }: Instance, label: string, dids: readonly string[]): Promise<void> {
  const { members, membership } = feedgen.context;
  for (const did of dids)
    await members.change({ label, did, isMember: true, changedBy: 'test', atMicros: Date.now() * 1000 });
  await membership.refresh();
}
