/*
 * intake: brings members from the sources that the feeds file names, and ends what they no longer have.
 * In: records of the index. Out: rows of member_requests and actor_labels.
 * Keeps: one instance at a time reads; a person's word wins over a source's; each round is bounded in time, memory and accounts.
 */

import { isDid } from '@updraft/atproto';
import { ASKED, GIVEN, type MemberChange, type MemberIntake } from '@updraft/feeds';
import { every, type Logger, pause } from '@updraft/service';
import {
  type ClickHouse,
  countBrought,
  createErasedAccounts,
  createLeases,
  type Lease,
  type Redis,
  readBrought,
  readUnfinishedChanges,
} from '@updraft/store';
import type { FeedgenMetrics } from '../../metrics.ts';
import type { Membership } from '../membership.ts';
import type { IntakeContext } from './intake-context.ts';
import { EVERY_ROUNDS, MAX_WRITTEN, YIELD_MICROS } from './limits.ts';
import { checkSome, endMemberships, takeIn } from './read-source.ts';
import { createSourceState, type SourceState } from './source-state.ts';

export interface MemberReaderOptions {
  clickhouse: ClickHouse;
  redis: Redis;
  /** Of the keys in Redis. */
  prefix: string;
  intakes: readonly MemberIntake[];
  membership: Pick<Membership, 'change'>;
  metrics: Pick<FeedgenMetrics, 'memberSourcesFull' | 'memberRounds' | 'memberChanges'>;
  log: Logger;
  /** How often the sources are read; tests shorten it. */
  memberIntervalMs?: number;
}

export interface MemberReader {
  /** Reads the sources until the signal aborts, while no other instance does. Never rejects. */
  run(signal: AbortSignal): Promise<void>;
}

const INTERVAL_MS = 10_000;
/** A membership ends when its source was without the account for so many rounds. */
const GRACE_ROUNDS = 3;
const LOCK_MS = 30_000;
/** Each how many rounds interrupted changes are looked for. */
const FINISH_EVERY = 6;
/** A change that is not finished after this was interrupted. */
const UNFINISHED_MICROS = 60_000_000;

export function createMemberReader(options: MemberReaderOptions): MemberReader {
  const { redis, prefix, intakes, log, metrics, memberIntervalMs = INTERVAL_MS } = options;
  const leases = createLeases({
    redis,
    prefix: `${prefix}:members:`,
    ttlMs: LOCK_MS,
    fences: 'count',
    whenUnreachable: 'lose',
  });
  const apply = createApply(options);
  const onError = (err: unknown) => {
    metrics.memberRounds.inc({ outcome: 'failed' });
    log.warn({ err }, 'sources of members could not be read; trying again');
  };
  const hold = async (lease: Lease, signal: AbortSignal): Promise<void> => {
    const held = AbortSignal.any([signal, lease.signal]);
    const graceMs = GRACE_ROUNDS * memberIntervalMs;
    const round = createRound({ ...options, apply, signal: held, graceMs }, intakes, metrics);
    await every(memberIntervalMs, held, round, onError);
    await lease.release();
  };
  return {
    run: async (signal) => {
      while (intakes.length > 0 && !signal.aborted) {
        const lease = await leases.acquire('lock').catch(() => undefined);
        if (lease !== undefined) await hold(lease, signal);
        await pause(memberIntervalMs, signal);
      }
    },
  };
}

type Apply = IntakeContext['apply'];

/** The list of erased accounts is read before each write, since an erasure waits for a few seconds only. */
function createApply({ clickhouse, membership, metrics, log }: MemberReaderOptions): Apply {
  const erased = createErasedAccounts(clickhouse);
  return async (label, source, changes) => {
    let numChanged = 0;
    for (let start = 0; start < changes.length; start += MAX_WRITTEN) {
      await erased.refresh();
      const part = changes.slice(start, start + MAX_WRITTEN).filter(({ did }) => isDid(did) && !erased.has(did));
      const options = { label, changedBy: source, yieldMicros: YIELD_MICROS };
      for (const { before, after } of await membership.change(options, part)) {
        if (after === before) continue;
        numChanged += 1;
        metrics.memberChanges.inc({ label, state: after.state });
      }
    }
    if (numChanged > 0) log.info({ label, source, accounts: numChanged }, 'a source changed members');
    return numChanged;
  };
}

/** One reading of all sources. A source that fails does not keep the others from being read. */
function createRound(
  context: IntakeContext,
  intakes: readonly MemberIntake[],
  { memberRounds }: MemberReaderOptions['metrics'],
): () => Promise<void> {
  const states = new Map<string, SourceState>();
  let rounds = 0;
  const stateOf = (label: string, source: string): SourceState => {
    const key = `${label} ${source}`;
    const state = states.get(key) ?? createSourceState();
    states.set(key, state);
    return state;
  };
  const readLabel = async (intake: MemberIntake): Promise<void> => {
    const { label, sources } = intake;
    const brought = await countBrought(context.clickhouse, label);
    const numBy = new Map(brought.map(({ source, accounts }) => [source, accounts]));
    const failures: unknown[] = [];
    for (const source of sources) {
      if (rounds % EVERY_ROUNDS[source.query.from] !== 0) continue;
      const state = stateOf(label, source.name);
      await takeIn(context, intake, source, state, numBy.get(source.name) ?? 0)
        .then(() => checkSome(context, intake, source, state))
        .catch((error: unknown) => failures.push(error));
    }
    await endUndeclared(context, intake, [...numBy.keys()]);
    if (rounds % FINISH_EVERY === 0) await finishChanges(context, label);
    if (failures.length > 0) throw new AggregateError(failures, `sources of ${label} could not be read`);
  };
  return async () => {
    const outcomes = await Promise.allSettled(intakes.map(readLabel));
    rounds += 1;
    const failures = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []));
    if (failures.length > 0) throw new AggregateError(failures, 'sources of members could not be read');
    memberRounds.inc({ outcome: 'done' });
  };
}

/** A source that is no longer in the feeds file has nobody. */
async function endUndeclared(context: IntakeContext, intake: MemberIntake, found: readonly string[]): Promise<void> {
  const declared = new Set([GIVEN, ASKED, '', ...intake.sources.map(({ name }) => name)]);
  for (const source of found) {
    if (declared.has(source)) continue;
    const query = { label: intake.label, source, after: '', limit: MAX_WRITTEN };
    const gone = await readBrought(context.clickhouse, query);
    await endMemberships(
      context,
      intake,
      source,
      gone.map(({ did }) => did),
    );
  }
}

/** An interrupted change has written how an account stands, and not its label. */
async function finishChanges({ clickhouse, apply }: IntakeContext, label: string): Promise<void> {
  const dids = await readUnfinishedChanges(clickhouse, label, Date.now() * 1000 - UNFINISHED_MICROS);
  const changes: MemberChange[] = dids.map((did) => ({ did, actions: [] }));
  await apply(label, 'an interrupted change', changes);
}
