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

const NO_SOURCE = 'there is no archive to read it from, and no host but the one where it was met';

async function healFrom(
  source: GapSource,
  gap: IngestGapRow,
  options: GapHealerOptions,
  signal: AbortSignal,
): Promise<HealOutcome> {
  const { gapId, fromTime, toTime } = gap;
  const store = createProgressStore(options.clickhouse);
  const name = `gap:${gapId}`;
  const before = readGapProgress(await store.load(name), { source: source.name, fromTime, toTime });
  const writer = createEventWriter(options);
  const events = (): number => (before?.events ?? 0) + writer.counts().events;
  let mark = before?.mark;
  const save = async (): Promise<void> => {
    const flushed = writer.counts().events;
    await writer.flush();
    options.onEvents?.(flushed - saved);
    saved = flushed;
    if (mark === undefined) return;
    const progress: GapProgress = { source: source.name, fromTime, toTime, mark, events: events() };
    await store.save(name, progress, Date.now() * 1000);
  };
  let saved = 0;
  options.log.info({ gapId, source: source.name, from: mark }, 'reading the stretch of a gap');
  const reading: GapReading = {
    ...stretchOf(gap),
    mark,
    writer,
    proceed: () => proceed(writer, save, options, signal),
    reached: (next) => {
      mark = next;
    },
  };
  await source.read(reading, signal);
  await save();
  const row = { gapId, fromTime, toTime, source: source.name, numEvents: events(), healedAt: Date.now() };
  await insertRows(options.clickhouse, healedGaps, [row]);
  return { kind: 'healed', source: source.name, events: events() };
}

function stretchOf({ fromTime, toTime }: IngestGapRow): Pick<GapReading, 'fromMicros' | 'toMicros' | 'startMicros'> {
  return { fromMicros: fromTime - MARGIN_MICROS, toMicros: toTime + MARGIN_MICROS, startMicros: fromTime };
}

async function proceed(
  writer: EventWriter,
  save: () => Promise<void>,
  { ready }: GapHealerOptions,
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted();
  if (writer.isFull()) await save();
  await ready?.(signal);
}
