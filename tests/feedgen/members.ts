import type { Instance } from './stage.ts';

/** Gives accounts a label, and has the instance know it at once. */
export async function addMembers({ feedgen }: Instance, label: string, dids: readonly string[]): Promise<void> {
  const { membership } = feedgen.context;
  for (const did of dids)
    await membership.change({ label, did, isMember: true, changedBy: 'test', atMicros: Date.now() * 1000 });
}
