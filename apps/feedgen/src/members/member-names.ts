import { type AccountNames, type ClickHouse, PRIORITIES, readAskers, readNames } from '@updraft/store';
import { LRUCache } from 'lru-cache';

/** The names of a label's bearers and of all who asked for it, in memory, for searches as somebody types. */
export interface MemberNames {
  of(label: string): Promise<ReadonlyMap<string, AccountNames>>;
}

export interface MemberNamesOptions {
  clickhouse: ClickHouse;
  /** Undefined while they are not known. */
  bearers: (label: string) => ReadonlySet<string> | undefined;
}

/** Accounts of all labels together: some 150 bytes each. */
const MAX_NAMES = 500_000;
/** Reading takes this share of the time at most: those of 50,000 members are half a minute old, of a few a second. */
const GOOD_FOR_TIMES_READING = 50;
const GOOD_FOR_AT_LEAST_MS = 1_000;

interface Known {
  readonly names: Map<string, AccountNames>;
  readonly goodUntil: number;
}

export function createMemberNames({ clickhouse, bearers }: MemberNamesOptions): MemberNames {
  const sizeCalculation = ({ names }: Known) => Math.max(1, names.size);
  const memory = new LRUCache<string, Known>({ maxSize: MAX_NAMES, sizeCalculation });
  const underWay = new Map<string, Promise<Map<string, AccountNames>>>();
  const options = { settings: PRIORITIES.background };

  const read = async (label: string) => {
    const startedAt = performance.now();
    const dids = new Set([...(bearers(label) ?? []), ...(await readAskers(clickhouse, label))]);
    const names = await readNames(clickhouse, [...dids], options);
    const now = performance.now();
    const goodForMs = Math.max(GOOD_FOR_AT_LEAST_MS, (now - startedAt) * GOOD_FOR_TIMES_READING);
    memory.set(label, { names, goodUntil: now + goodForMs });
    return names;
  };
  const readOnce = (label: string) => {
    const running = underWay.get(label) ?? read(label).finally(() => underWay.delete(label));
    underWay.set(label, running);
    return running;
  };

  return {
    of: async (label) => {
      const known = memory.get(label);
      if (known === undefined || performance.now() > known.goodUntil) return readOnce(label);
      const unknown = [...(bearers(label) ?? [])].filter((did) => !known.names.has(did));
      for (const [did, names] of await readNames(clickhouse, unknown, options)) known.names.set(did, names);
      return known.names;
    },
  };
}
