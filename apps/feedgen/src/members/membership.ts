import { authorsLabel, type FeedsFile, membersLabel } from '@updraft/feeds';
import { every, type Logger } from '@updraft/service';
import {
  type ClickHouse,
  changeMembership,
  type MembershipChange,
  type MembersPage,
  type MembersQuery,
  readMembers,
  readMembersPage,
} from '@updraft/store';
import type { Bus } from '../bus.ts';
import { createLabelBearers } from './label-bearers.ts';

/** Who bears the labels of all feeds, in memory: read every few seconds, and told of changes at once. */
export interface Membership {
  /** Whether the account bears the label; undefined until the members were read. */
  has(label: string, did: string): boolean | undefined;
  /** How many bear it; undefined until the members were read. */
  count(label: string): number | undefined;
  /** Changes whenever `has` answers differently for somebody. */
  version(): number;
  /** Members as the store has them. */
  page(query: MembersQuery): Promise<MembersPage>;
  /** Writes a change, which acts here at once, and tells the other instances. False when there is nothing to change. */
  change(change: MembershipChange): Promise<boolean>;
  /** Calls back whenever a change is heard of, from here or elsewhere. */
  onChange(listener: (label: string) => void): void;
  refresh(): Promise<void>;
  run(signal: AbortSignal): Promise<void>;
}

export interface MembershipOptions {
  clickhouse: ClickHouse;
  file: FeedsFile;
  bus: Bus;
  log: Logger;
}

const INTERVAL_MS = 3_000;

export function createMembership({ clickhouse, file, bus, log }: MembershipOptions): Membership {
  const labels = [...file.feeds.values()]
    .flatMap((feed) => [membersLabel(feed), authorsLabel(feed)])
    .filter((label) => label !== undefined);
  const bearers = createLabelBearers(new Set(labels));
  const onError = (err: unknown) => log.warn({ err }, 'members could not be read');

  const refresh = async () => {
    const readLabel = async (label: string) => {
      const startedAt = Date.now();
      bearers.replace(label, new Set(await readMembers(clickhouse, label)), startedAt);
    };
    await Promise.all([...bearers.labels].map(readLabel));
  };

  bus.listen((news) => {
    if (news.kind === 'member') bearers.apply(news);
    if (news.kind === 'erased') refresh().catch(onError);
  });

  return {
    has: (label, did) => bearers.of(label)?.has(did),
    count: (label) => bearers.of(label)?.size,
    version: bearers.version,
    page: (query) => readMembersPage(clickhouse, query),
    change: async (change) => {
      const isChanged = await changeMembership(clickhouse, change);
      const { label, did, isMember } = change;
      bearers.apply({ label, did, isMember });
      await bus.publish({ kind: 'member', label, did, isMember });
      return isChanged;
    },
    onChange: bearers.onChange,
    refresh,
    run: (signal) => every(INTERVAL_MS, signal, refresh, onError),
  };
}
