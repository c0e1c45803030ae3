import type { IntakeCounts } from '../intake/intake.ts';

/** Counts of one run of `replay`, for its last words. */
export interface ReplayTally extends Omit<IntakeCounts, 'gap'> {
  events(): number;
  rejections(): number;
  /** A table for people: events by kind and collection, then rejections by reason. */
  report(): string;
}

/** Anybody can invent collections: those after the first thousand are counted together. */
const MAX_NAMES = 1_000;
const OTHERS = '(others)';

export function createReplayTally(): ReplayTally {
  const kinds = createCounter();
  const unusable = createCounter();
  const rejected = createCounter();
  let erased = 0;
  return {
    events: kinds.total,
    rejections: rejected.total,
    event: (event) =>
      kinds.add(event.kind === 'commit' ? `commit ${event.operation.padEnd(6)} ${event.collection}` : event.kind),
    rejected: (reason) => rejected.add(reason),
    unusable: (collection) => unusable.add(collection),
    erased: () => {
      erased += 1;
    },
    report: () =>
      [
        ...section('events', kinds),
        ...section('rejected', rejected),
        ...(unusable.total() > 0 ? section('make no sense as their type', unusable) : []),
        ...(erased > 0 ? [line('of erased accounts: not written', erased)] : []),
      ].join('\n'),
  };
}

function line(name: string, count: number): string {
  return `${count.toLocaleString('en').padStart(14)}  ${name}`;
}

function section(title: string, counter: Counter): string[] {
  return [line(title, counter.total()), ...counter.list().map(([name, count]) => line(`  ${name}`, count))];
}

interface Counter {
  add(name: string): void;
  total(): number;
  /** The most frequent first. */
  list(): [string, number][];
}

function createCounter(): Counter {
  const counts = new Map<string, number>();
  return {
    add: (name) => {
      const key = counts.has(name) || counts.size < MAX_NAMES ? name : OTHERS;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    },
    total: () => counts.values().reduce((sum, count) => sum + count, 0),
    list: () => [...counts].toSorted(([a, countA], [b, countB]) => countB - countA || (a < b ? -1 : 1)),
  };
}
