import { createGroundTruth, eventLine, type WorldEvent } from '@updraft/simulator';
import { compareOperations, compareShare, type Difference, isOfShare } from './compare.ts';

/** So many events of a truth take about a gigabyte. */
const SHARE_EVENTS = 500_000;

/** Compares every table with the truth of these events, a share of the accounts after the other: the truth of all would not fit the memory. */
export async function compareByShares(
  url: string,
  eventsOf: () => IteratorObject<WorldEvent>,
  events: number,
  onProgress: (line: string) => void,
): Promise<Difference> {
  const total: Difference = { lost: 0, doubled: 0, mismatched: 0, examples: [] };
  const operations = new Map<string, number>();
  const parts = Math.ceil(events / SHARE_EVENTS);
  for (let part = 0; part < parts; part++) {
    const share = { part, parts };
    const truth = createGroundTruth();
    for (const event of eventsOf()) {
      const line = eventLine(event);
      if (isOfShare(share, didOf(event, line))) truth.add(line, event.nth);
    }
    for (const [name, count] of truth.operationCounts()) operations.set(name, (operations.get(name) ?? 0) + count);
    const { lost, doubled, mismatched, examples } = await compareShare(url, truth, share);
    total.lost += lost;
    total.doubled += doubled;
    total.mismatched += mismatched;
    total.examples.push(...examples);
    onProgress(`compared ${part + 1} of ${parts}: lost ${lost}, doubled ${doubled}, mismatched ${mismatched}`);
  }
  await compareOperations(total, url, operations);
  return total;
}

/** Whose row it becomes: a strange frame may name another account than the world does. */
function didOf({ did, isStrange }: WorldEvent, line: string): string {
  return isStrange === true ? String((JSON.parse(line) as { readonly did?: unknown }).did) : did;
}
