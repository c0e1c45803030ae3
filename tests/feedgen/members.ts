import type { Instance } from './stage.ts';

/** Gives accounts a label, and has the instance know it at once. */
export async function addMembers({ feedgen }: Instance, label: string, dids: readonly string[]): Promise<void> {
  const changes = dids.map((did) => ({ did, actions: [{ kind: 'give' as const }] }));
  await feedgen.context.membership.change({ label, changedBy: 'test' }, changes);
}
