/*
 * intake: takes one frame at a time.
 * In: a frame's text. Out: its rows, or its row for rejected_events, in the batch that fills now.
 * Keeps: nothing is dropped in silence; an event is in a batch completely or not at all.
 */

import type { JetstreamEvent, RejectReason } from '@updraft/atproto';
import { takeEvent, takeRejected } from '@updraft/ingest';
import { parseLine, type StreamEvent } from '@updraft/jetstream';
import type { ErasedAccounts, IngestGapRow } from '@updraft/store';
import type { BatchQueue } from '../batch/batch-queue.ts';
import type { Hooks } from '../run/hooks.ts';

/** Counts what becomes of events. */
export interface IntakeCounts {
  event(event: JetstreamEvent): void;
  rejected(reason: RejectReason): void;
  unusable(collection: string): void;
  gap(row: IngestGapRow): void;
  /** An event of an account that was erased for good: nothing of it is written. */
  erased(): void;
}

export interface IntakeOptions {
  readonly queue: Pick<BatchQueue, 'current' | 'added'>;
  /** Follows the stream's position; gives a gap's row when it finds one. */
  observe(event: JetstreamEvent): IngestGapRow | undefined;
  readonly counts: IntakeCounts;
  readonly erased: Pick<ErasedAccounts, 'has'>;
  readonly hooks?: Hooks | undefined;
}

/**
 * Takes one frame: afterwards the current batch has its rows, or its row for rejected_events, or nothing if its account was erased. There is
 * no queue of objects in between. Never throws on any input.
 */
export function createIntake(options: IntakeOptions): (text: string) => void {
  const { queue, observe, counts, erased, hooks } = options;

  const count = (event: StreamEvent, outcome: ReturnType<typeof takeEvent>): void => {
    if (outcome !== 'written' && outcome !== 'unusable') return counts.rejected(outcome);
    if (event.kind !== 'sync') counts.event(event);
    if (outcome === 'unusable' && event.kind === 'commit') counts.unusable(event.collection);
  };

  return (text) => {
    const parsed = parseLine(text);
    if (erased.has(parsed.ok ? parsed.event.did : parsed.did)) counts.erased();
    else if (parsed.ok) count(parsed.event, takeEvent(parsed.event, text, queue.current()));
    else counts.rejected(takeRejected(parsed, text, queue.current()));
    // The position moves with the events of erased accounts too.
    const gap = parsed.ok && parsed.event.kind !== 'sync' ? observe(parsed.event) : undefined;
    if (gap !== undefined) {
      queue.current().ingestGaps.append(gap);
      counts.gap(gap);
    }
    queue.added();
    hooks?.passed('after-receive');
  };
}
