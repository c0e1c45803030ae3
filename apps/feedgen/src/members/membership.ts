import {
  authorsLabel,
  type ChangedMember,
  type ChangeOptions,
  changeMembers,
  type FeedsFile,
  type MemberChange,
  membersLabel,
  withVariants,
} from '@updraft/feeds';
import { every, type Logger } from '@updraft/service';
import {
  type AccountNames,
  type AuditEntry,
  type AuditQuery,
  type ClickHouse,
  countWaiting,
  type MembersPage,
  type MembersQuery,
  type NamedRequest,
  type RequestsQuery,
  readAuditLog,
  readMemberRequests,
  readMembers,
  readMembersPage,
} from '@updraft/store';
import { oneAtATimeByKey } from '../builds/one-at-a-time.ts';
import type { Bus } from '../bus.ts';
import { createAskedPlaces } from './asked-places.ts';
import { createLabelBearers, type LabelBearers } from './label-bearers.ts';
import { createMemberNames, type MemberNames } from './member-names.ts';

/** Who bears the labels of all feeds, in memory: read every few seconds, and told of changes at once. */
export interface Membership {
  /** Whether the account bears the label; undefined until the members were read. */
  has(label: string, did: string): boolean | undefined;
  /** How many bear it; undefined until the members were read. */
  count(label: string): number | undefined;
  /** Changes whenever `has` answers differently for somebody. */
  version(): number;
  /** Members as the store has them; `search` is a part of a DID, handle or display name, in either case, '' for all. */
  page(query: MembersQuery & { readonly search: string }): Promise<MembersPage>;
  readonly names: MemberNames;
  /** Accounts in a state, as the store has them. */
  requests(query: RequestsQuery): Promise<{ requests: NamedRequest[]; totalCount: number }>;
  /** How many accounts wait for a host's decision, by label. */
  waiting(labels: readonly string[]): Promise<ReadonlyMap<string, number>>;
  auditLog(query: AuditQuery): Promise<AuditEntry[]>;
  /** Whether no more accounts can ask for the label over HTTP, as of a few seconds ago. */
  isFull(label: string): Promise<boolean>;
  /** Writes changes, which act here at once, and tells the other instances. */
  change(options: ChangeOptions, changes: readonly MemberChange[]): Promise<ChangedMember[]>;
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
/** More changes at once are read from the store, here at once and by the others within the interval. */
const MAX_NEWS = 100;

export function createMembership({ clickhouse, file, bus, log }: MembershipOptions): Membership {
  const bearers = createLabelBearers(labelsOfFile(file));
  const onError = (err: unknown) => log.warn({ err }, 'members could not be read');

  const refresh = () => readBearers(clickhouse, bearers);
  const names = createMemberNames({ clickhouse, bearers: bearers.of });

  bus.listen((news) => {
    if (news.kind === 'member') bearers.apply(news);
    if (news.kind === 'erased') refresh().catch(onError);
  });

  return {
    has: (label, did) => bearers.of(label)?.has(did),
    count: (label) => bearers.of(label)?.size,
    version: bearers.version,
    page: (query) => findPage(clickhouse, names, query),
    names,
    requests: (query) => readMemberRequests(clickhouse, query),
    waiting: (labels) => countWaiting(clickhouse, labels),
    auditLog: (query) => readAuditLog(clickhouse, query),
    isFull: createAskedPlaces(clickhouse),
    change: createChange({ clickhouse, bus, bearers, refresh }),
    onChange: bearers.onChange,
    refresh,
    run: (signal) => every(INTERVAL_MS, signal, refresh, onError),
  };
}

function labelsOfFile({ feeds }: FeedsFile): Set<string> {
  const labels = withVariants(feeds.values()).flatMap((feed) => [membersLabel(feed), authorsLabel(feed)]);
  return new Set(labels.filter((label) => label !== undefined));
}

/** Writes changes, takes them in, and tells the other instances. */
function createChange(deps: {
  readonly clickhouse: ClickHouse;
  readonly bus: Bus;
  readonly bearers: LabelBearers;
  readonly refresh: () => Promise<void>;
}): Membership['change'] {
  const { clickhouse, bus, bearers, refresh } = deps;
  const write = createWriter(clickhouse);
  const tell = async (label: string, { did, after }: ChangedMember) => {
    const isMember = after.state === 'approved';
    bearers.apply({ label, did, isMember });
    await bus.publish({ kind: 'member', label, did, isMember });
  };
  return async (options, changes) => {
    const outcome = await write(options, changes);
    // A person's change is told even where nothing changed here: an instance may not have heard of it.
    const told = changes.length === 1 ? outcome : outcome.filter(({ isLabelChanged }) => isLabelChanged);
    if (told.length > MAX_NEWS) await refresh();
    else for (const changed of told) await tell(options.label, changed);
    return outcome;
  };
}

/** Two people who decide about one account at once: the second sees what the first did. */
function createWriter(clickhouse: ClickHouse): Membership['change'] {
  const writeOne = oneAtATimeByKey(
    ({ label }: ChangeOptions, { did }: MemberChange) => `${label} ${did}`,
    (options, change) => changeMembers(clickhouse, options, [change]),
  );
  return (options, changes) => {
    const [first, ...others] = changes;
    return first !== undefined && others.length === 0
      ? writeOne(options, first)
      : changeMembers(clickhouse, options, changes);
  };
}

async function findPage(
  clickhouse: ClickHouse,
  names: MemberNames,
  { search, ...query }: Parameters<Membership['page']>[0],
): Promise<MembersPage> {
  const among = search === '' ? undefined : matching(await names.of(query.label), search);
  return readMembersPage(clickhouse, { ...query, among });
}

/** The accounts that people may mean by a part of a name. */
function matching(names: ReadonlyMap<string, AccountNames>, search: string): string[] {
  const part = search.toLowerCase();
  const isMeant = ([did, { handle, displayName }]: [string, AccountNames]) =>
    [did, handle, displayName].some((name) => name.toLowerCase().includes(part));
  return [...names].filter(isMeant).map(([did]) => did);
}

async function readBearers(clickhouse: ClickHouse, bearers: LabelBearers): Promise<void> {
  const readLabel = async (label: string) => {
    const startedAt = Date.now();
    bearers.replace(label, new Set(await readMembers(clickhouse, label)), startedAt);
  };
  await Promise.all([...bearers.labels].map(readLabel));
}
