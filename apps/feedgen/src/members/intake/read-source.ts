import type { MemberAction, MemberIntake, MemberSource } from '@updraft/feeds';
import {
  type Candidate,
  type ClickHouse,
  PRIORITIES,
  readBrought,
  readCandidates,
  stillThere,
  withCallOptions,
} from '@updraft/store';
import type { IntakeContext } from './intake-context.ts';
import {
  CAN_BE_ASKED,
  CHECKED,
  MAX_ACCOUNTS,
  MAX_BROUGHT,
  RECENT_MS,
  ROUND_TIMEOUT_MS,
  WHOLE_AGAIN_MS,
  WHOLE_EVERY_MS,
  WHOLE_TIMEOUT_MS,
} from './limits.ts';
import { missingFor, type SourceState } from './source-state.ts';

/** Takes in whom a source has and nobody has decided about: all that is new, and now and then all that there is. */
export async function takeIn(
  context: IntakeContext,
  { label }: MemberIntake,
  source: MemberSource,
  state: SourceState,
  brought: number,
): Promise<void> {
  const { query, name } = source;
  const room = MAX_ACCOUNTS - brought;
  noteRoom(context, label, source, state, room);
  if (room <= 0) return;
  const nowMs = Date.now();
  const recentMs = RECENT_MS[query.from];
  const isWhole = recentMs === undefined || nowMs >= state.wholeDueAt;
  if (isWhole) state.wholeDueAt = nowMs + WHOLE_AGAIN_MS;
  const limit = Math.min(room, MAX_BROUGHT);
  const candidates = await readCandidates(patient(context, isWhole), query, {
    label,
    open: [...(source.approve === 'auto' ? ['pending' as const] : []), ...(source.isAsking ? ['left' as const] : [])],
    sinceMs: isWhole ? undefined : nowMs - recentMs,
    limit,
  });
  const changes = candidates.map((candidate) => ({ did: candidate.did, actions: [offerOf(source, candidate)] }));
  const numChanged = await context.apply(label, name, changes);
  if (!isWhole) return;
  // A full answer means that there are more, unless none of these could come in.
  const hasMore = candidates.length === limit && numChanged > 0;
  state.wholeDueAt = hasMore ? nowMs : nowMs + WHOLE_EVERY_MS;
}

function offerOf({ name, approve, isAsking }: MemberSource, { evidence, atMicros }: Candidate): MemberAction {
  const offer = { source: name, approve, evidence };
  return isAsking ? { kind: 'ask', ...offer, atMicros } : { kind: 'offer', ...offer };
}

function noteRoom(
  { metrics, log }: IntakeContext,
  label: string,
  { name }: MemberSource,
  state: SourceState,
  room: number,
): void {
  const isFull = room <= 0;
  metrics.memberSourcesFull.set({ label, source: name }, isFull ? 1 : 0);
  if (isFull && !state.isFull)
    log.warn({ label, source: name, accounts: MAX_ACCOUNTS }, 'a source of members has more accounts than it may');
  state.isFull = isFull;
}

/** Ends what a source brought and no longer has: checks some of its accounts in each round, and those again that were missing. */
export async function checkSome(
  context: IntakeContext,
  intake: MemberIntake,
  source: MemberSource,
  state: SourceState,
): Promise<void> {
  const { clickhouse, graceMs } = context;
  const { query, name } = source;
  const limit = CHECKED[query.from];
  if (limit === 0) return;
  const slice = await readBrought(clickhouse, { label: intake.label, source: name, after: state.checkedTo, limit });
  state.checkedTo = slice.length < limit ? '' : (slice.at(-1)?.did ?? '');
  const inSlice = new Set(slice.map(({ did }) => did));
  const again = [...state.missing.values()].map(({ brought }) => brought).filter(({ did }) => !inSlice.has(did));
  const checked = [...slice, ...again.slice(0, limit)];
  const there = await stillThere(patient(context, false), query, checked);
  const gone = missingFor(state, checked, there, Date.now(), graceMs);
  await endMemberships(context, intake, name, gone);
  for (const did of gone) state.missing.delete(did);
}

/** Ends what this source brought, unless another one has the account too: then the membership is from there. */
export async function endMemberships(
  context: IntakeContext,
  { label, sources }: MemberIntake,
  gone: string,
  dids: readonly string[],
): Promise<void> {
  if (dids.length === 0) return;
  const asked = dids.map((did) => ({ did, evidence: '' }));
  const offers = new Map<string, MemberAction[]>(dids.map((did) => [did, []]));
  for (const other of sources) {
    if (other.name === gone || !CAN_BE_ASKED.has(other.query.from)) continue;
    for (const did of await stillThere(patient(context, false), other.query, asked))
      offers.get(did)?.push({ kind: 'offer', source: other.name, approve: other.approve });
  }
  const changes = dids.map((did) => ({
    did,
    actions: [{ kind: 'end' as const, source: gone }, ...(offers.get(did) ?? [])],
  }));
  await context.apply(label, gone, changes);
}

/** In the background, and with a bound of time. */
function patient({ clickhouse, signal }: IntakeContext, isWhole: boolean): ClickHouse {
  const timeoutMs = isWhole ? WHOLE_TIMEOUT_MS : ROUND_TIMEOUT_MS;
  return withCallOptions(clickhouse, { settings: { ...PRIORITIES.background, max_threads: 2 }, timeoutMs, signal });
}
