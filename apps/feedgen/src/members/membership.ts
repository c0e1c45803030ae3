import { every } from '@updraft/service';
import { type ClickHouse, readMembers } from '@updraft/store';
import type { Bus } from '../bus.ts';
import { type FeedsFile, membersLabel } from '../feeds-file/feed.ts';

/** Who bears which label, in memory: read every few seconds, and told of changes at once. */
export interface Membership {
  /** Whether the account bears the label; undefined as long as nobody could be asked. */
  has(label: string, did: string): boolean | undefined;
  /** How many bear it; undefined as long as nobody could be asked. */
  count(label: string): number | undefined;
  /** Changes whenever `has` answers differently for somebody. */
  version(): number;
  /** After a change was written: acts here at once, and tells the other instances. */
  announce(label: string, did: string, isMember: boolean): Promise<void>;
  /** Calls back whenever a change is heard of, from here or elsewhere. */
  onChange(listener: (label: string) => void): void;
  refresh(): Promise<void>;
  run(signal: AbortSignal): Promise<void>;
}

export interface MembershipOptions {
  labels: Iterable<string>;
  /** The DIDs that bear a label. */
  bearersOf: (label: string) => Promise<Iterable<string>>;
  bus: Bus;
  onError: (error: unknown) => void;
  now?: () => number;
  intervalMs?: number;
}

interface Change {
  readonly label: string;
  readonly did: string;
  readonly isMember: boolean;
  readonly at: number;
}

/** Longer than any read takes: a change heard of while a read was under way is applied to what the read gives. */
const REMEMBER_CHANGES_MS = 60_000;

export function createMembership(options: MembershipOptions): Membership {
  const { bus, bearersOf, onError, now = Date.now, intervalMs = 3_000 } = options;
  const labels = new Set(options.labels);
  const members = new Map<string, Set<string>>();
  const listeners: ((label: string) => void)[] = [];
  let changes: Change[] = [];
  let version = 0;

  function apply(set: Set<string> | undefined, { did, isMember }: Change): void {
    if (isMember) set?.add(did);
    else set?.delete(did);
  }

  function hear(change: Change): void {
    if (!labels.has(change.label)) return;
    changes = [...changes.filter(({ at }) => now() - at < REMEMBER_CHANGES_MS), change];
    apply(members.get(change.label), change);
    version += 1;
    for (const listener of listeners) listener(change.label);
  }

  async function refreshLabel(label: string): Promise<void> {
    const startedAt = now();
    const read = new Set(await bearersOf(label));
    for (const change of changes) if (change.label === label && change.at >= startedAt) apply(read, change);
    if (members.get(label)?.symmetricDifference(read).size !== 0) version += 1;
    members.set(label, read);
  }

  const refresh = async () => {
    await Promise.all([...labels].map(refreshLabel));
  };

  bus.listen((news) => {
    if (news.kind === 'member') hear({ ...news, at: now() });
    if (news.kind === 'erased') refresh().catch(onError);
  });

  return {
    has: (label, did) => members.get(label)?.has(did),
    version: () => version,
    count: (label) => members.get(label)?.size,
    announce: async (label, did, isMember) => {
      hear({ label, did, isMember, at: now() });
      await bus.publish({ kind: 'member', label, did, isMember });
    },
    onChange: (listener) => {
      listeners.push(listener);
    },
    refresh,
    run: (signal) => every(intervalMs, signal, refresh, onError),
  };
}

/** The members of all feeds of the file. */
export function createFeedgenMembership(options: {
  clickhouse: ClickHouse;
  file: FeedsFile;
  bus: Bus;
  onError: (error: unknown) => void;
}): Membership {
  const { clickhouse, file, bus, onError } = options;
  const labels = [...file.feeds.values()].map(membersLabel).filter((label) => label !== undefined);
  return createMembership({ labels, bearersOf: (label) => readMembers(clickhouse, label), bus, onError });
}
