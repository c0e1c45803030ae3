/*
 * In: a gap, and sources that may have its stretch. Out: its events in the tables and a row of healed_gaps, or why it stays open.
 * Keeps: the row is written only when one source was read to the stretch's end and every row is acknowledged.
 */

import { createEventWriter, type EventWriter } from '@updraft/ingest';
import type { Logger } from '@updraft/service';
import {
  type ClickHouse,
  createProgressStore,
  type ErasedAccounts,
  healedGaps,
  type IngestGapRow,
  insertRows,
  StoreError,
  type WritableBlock,
} from '@updraft/store';
import { type GapProgress, readGapProgress } from './gap-progress.ts';
import type { GapReading, GapSource } from './gap-source.ts';

/** open: no source had the whole stretch; the reasons begin with the sources' names. */
export type HealOutcome =
  | { readonly kind: 'healed'; readonly source: string; readonly events: number }
  | { readonly kind: 'open'; readonly reasons: readonly string[] };

export interface GapHealer {
  /** Reads the gap's stretch from the first source that has it. @throws StoreError, or the signal's reason. */
  heal(gap: IngestGapRow, signal: AbortSignal): Promise<HealOutcome>;
}

export interface GapHealerOptions {
  readonly clickhouse: ClickHouse;
  /** Resolves when ClickHouse has acknowledged every row. */
  write(blocks: readonly WritableBlock[]): Promise<unknown>;
  readonly erased: Pick<ErasedAccounts, 'has'>;
  /** In the order in which they are tried. */
  readonly sources: readonly GapSource[];
  /** Resolves when events may be taken. */
  ready?(signal: AbortSignal): Promise<void>;
  readonly log: Pick<Logger, 'info'>;
  /** So many events more are acknowledged. */
  onEvents?(events: number): void;
}

/** A gap is told in senders' times, an archive and a host have their own. */
const MARGIN_MICROS = 120_000_000;

export function createGapHealer(options: GapHealerOptions): GapHealer {
  return {
    heal: async (gap, signal) => {
      const reasons: string[] = [];
      for (const source of options.sources.filter((each) => each.canHeal(gap))) {
        try {
          return await healFrom(source, gap, options, signal);
        } catch (error) {
          signal.throwIfAborted();
          if (error instanceof StoreError) throw error;
          reasons.push(`${source.name}: ${error instanceof Error ? error.message : String(error)}`);
        }
      }
      return { kind: 'open', reasons: reasons.length > 0 ? reasons : [NO_SOURCE] };
    },
  };
}

/** A reading that is killed repeats this much at most. */
const SAVE_EVERY_MS = 2_000;
const NO_SOURCE = 'there is no archive to read it from, and no host but the one where it was met';

async function healFrom(
  source: GapSource,
  gap: IngestGapRow,
  options: GapHealerOptions,
  signal: AbortSignal,
): Promise<HealOutcome> {
  const { gapId, fromTime, toTime } = gap;
  const name = `gap:${gapId}`;
  const store = createProgressStore(options.clickhouse);
  const before = readGapProgress(await store.load(name), source.name, fromTime);
  options.log.info({ gapId, source: source.name, from: before?.mark }, 'reading the stretch of a gap');
  const writer = createEventWriter(options);
  const keeper = createKeeper(options, writer, async (mark, events) => {
    const progress: GapProgress = { source: source.name, fromTime, mark, events: (before?.events ?? 0) + events };
    await store.save(name, progress, Date.now() * 1000);
  });
  const proceed = () => keeper.proceed(signal);
  await source.read({ ...stretchOf(gap), mark: before?.mark, writer, proceed, reached: keeper.reached }, signal);
  await keeper.save();
  const events = (before?.events ?? 0) + writer.counts().events;
  const row = { gapId, fromTime, toTime, source: source.name, numEvents: events, healedAt: Date.now() };
  await insertRows(options.clickhouse, healedGaps, [row]);
  await store.save(name, {}, Date.now() * 1000); // who asks for it again wants all of it
  return { kind: 'healed', source: source.name, events };
}

/** Writes what was read, and then keeps the place, every few seconds. */
function createKeeper(
  { ready, onEvents }: GapHealerOptions,
  writer: EventWriter,
  keep: (mark: number, events: number) => Promise<void>,
) {
  let mark: number | undefined;
  let [saved, savedAt] = [0, performance.now()];
  const save = async (): Promise<void> => {
    const { events } = writer.counts();
    await writer.flush();
    onEvents?.(events - saved);
    [saved, savedAt] = [events, performance.now()];
    if (mark !== undefined) await keep(mark, events);
  };
  return {
    save,
    reached: (next: number): void => {
      mark = next;
    },
    proceed: async (signal: AbortSignal): Promise<void> => {
      signal.throwIfAborted();
      if (writer.isFull() || performance.now() - savedAt > SAVE_EVERY_MS) await save();
      await ready?.(signal);
    },
  };
}

function stretchOf({ fromTime, toTime }: IngestGapRow): Pick<GapReading, 'fromMicros' | 'toMicros' | 'startMicros'> {
  return { fromMicros: fromTime - MARGIN_MICROS, toMicros: toTime + MARGIN_MICROS, startMicros: fromTime };
}
