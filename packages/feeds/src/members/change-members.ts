import {
  type ActorLabelRow,
  type ClickHouse,
  type MemberRequestRow,
  readStoredMembers,
  type StoredMember,
  writeMembers,
} from '@updraft/store';
import {
  GIVEN,
  MEMBER_STATES,
  type MemberAction,
  type MemberState,
  nextStanding,
  type Standing,
  UNKNOWN,
} from './standing.ts';

/** What happens to an account, in order. */
export interface MemberChange {
  readonly did: string;
  readonly actions: readonly MemberAction[];
  /** States in which this may happen; in another one nothing does. Default: all. */
  readonly expect?: readonly MemberState[] | undefined;
}

export interface ChangeOptions {
  readonly label: string;
  /** Who makes the changes. */
  readonly changedBy: string;
  /** Changes that others made in so many microseconds before this one win over it; default 0. */
  readonly yieldMicros?: number;
}

export interface ChangedMember {
  readonly did: string;
  readonly before: Standing;
  readonly after: Standing;
  /** Whether the label was given or taken. */
  readonly isLabelChanged: boolean;
  /** Where the account was in another state than expected: who brought it there, and when. */
  readonly conflict?: { readonly changedBy: string; readonly atMicros: number } | undefined;
}

/**
 * Carries out what happens to accounts, and writes what changes by it: how they stand, and whether they bear the label. It may be repeated:
 * what an interrupted call left is written then.
 */
export async function changeMembers(
  clickhouse: ClickHouse,
  options: ChangeOptions,
  changes: readonly MemberChange[],
): Promise<ChangedMember[]> {
  if (changes.length === 0) return [];
  const dids = changes.map(({ did }) => did);
  const stored = await readStoredMembers(clickhouse, options.label, dids);
  const nowMicros = microsOfNow();
  const requests: MemberRequestRow[] = [];
  const labels: ActorLabelRow[] = [];
  const outcome = changes.map(({ did, actions, expect }): ChangedMember => {
    const member = stored.get(did) ?? { request: undefined, label: undefined };
    const before = standingOf(member);
    if (expect?.includes(before.state) === false)
      return { did, before, after: before, isLabelChanged: false, conflict: lastChange(member) };
    const after = actions.reduce(nextStanding, before);
    const change = { ...options, did, before, after, nowMicros };
    if (after !== before) requests.push(requestRow(change));
    const isLabelChanged = (after.state === 'approved') !== isBearer(member);
    if (isLabelChanged) labels.push(labelRow(change, member.label));
    return { did, before, after, isLabelChanged };
  });
  await writeMembers(clickhouse, requests, labels);
  const isDecision = changes.length === 1 || options.yieldMicros === undefined;
  if (isDecision && requests.length > 0)
    await agree(
      clickhouse,
      options,
      requests.map(({ actorDid }) => actorDid),
    );
  return outcome;
}

/**
 * Other hosts may have decided about the accounts meanwhile, and have seen other labels than there are now: whoever looks last sees both.
 * What sources change needs it not: what became of that is looked at again from time to time.
 */
async function agree(clickhouse: ClickHouse, options: ChangeOptions, dids: readonly string[]): Promise<void> {
  const changes = dids.map((did) => ({ did, actions: [] }));
  await changeMembers(clickhouse, { ...options, yieldMicros: 0 }, changes);
}

/** Changes of two processes in one millisecond are two in the audit log, too. */
function microsOfNow(): number {
  return Date.now() * 1000 + Math.floor(Math.random() * 1000);
}

function isBearer({ label }: StoredMember): boolean {
  return label !== undefined && !label.deleted;
}

function lastChange({ request, label }: StoredMember): NonNullable<ChangedMember['conflict']> {
  const { changedBy = '', version = 0 } = request ?? label ?? {};
  return { changedBy, atMicros: version };
}

/** Who bears the label and was never asked about had it from a host, before requests were kept or by an import. */
function standingOf(member: StoredMember): Standing {
  const { request } = member;
  if (request === undefined) return isBearer(member) ? { ...UNKNOWN, state: 'approved', source: GIVEN } : UNKNOWN;
  const state = MEMBER_STATES.find((known) => known === request.state) ?? 'ended';
  const { source, evidence, note, version } = request;
  return { state, source, evidence, note, version };
}

interface Change extends ChangeOptions {
  readonly did: string;
  readonly before: Standing;
  readonly after: Standing;
  readonly nowMicros: number;
}

function requestRow({ label, changedBy, yieldMicros = 0, did, before, after, nowMicros }: Change): MemberRequestRow {
  const { state, source, evidence, note } = after;
  // Another machine's clock may be ahead.
  const version = Math.max(nowMicros - yieldMicros, before.version + 1);
  return { label, actorDid: did, state, source, evidence, note, changedBy, version };
}

function labelRow(change: Change, last: ActorLabelRow | undefined): ActorLabelRow {
  const { label, changedBy, yieldMicros = 0, did, after, nowMicros } = change;
  const isMember = after.state === 'approved';
  return {
    label,
    actorDid: did,
    // A member keeps the time of joining.
    createdAt: isMember ? Math.floor(nowMicros / 1000) : (last?.createdAt ?? 0),
    changedBy,
    version: Math.max(nowMicros - yieldMicros, (last?.version ?? 0) + 1),
    deleted: !isMember,
  };
}
