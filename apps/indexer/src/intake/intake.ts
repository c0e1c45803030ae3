/*
 * intake: takes one event at a time.
 * In: an event, or why a frame is none, and its text. Out: its rows, or its row for rejected_events, in the batch that fills now.
 * Keeps: nothing is dropped in silence; an event is in a batch completely or not at all.
 */

import type { RejectReason } from '@updraft/atproto';
import { takeEvent, takeRejected } from '@updraft/ingest';
import type { StreamEvent } from '@updraft/jetstream';
import type { ErasedAccounts, IngestGapRow } from '@updraft/store';
import type { BatchQueue } from '../batch/batch-queue.ts';
import type { Hooks } from '../run/hooks.ts';
import type { EventSink } from '../source/source.ts';

/** Counts what becomes of events. */
export interface IntakeCounts {
  event(event: StreamEvent): void;
  rejected(reason: RejectReason): void;
  unusable(collection: string): void;
  gap(row: IngestGapRow): void;
  /** An event of an account that was erased for good: nothing of it is written. */
  erased(): void;
}

export interface IntakeOptions {
  readonly queue: Pick<BatchQueue, 'current' | 'added'>;
  /** Follows the stream's position; gives a gap's row when it finds one. */
  observe(event: StreamEvent): IngestGapRow | undefined;
  readonly counts: IntakeCounts;
  readonly erased: Pick<ErasedAccounts, 'has'>;
  readonly hooks?: Hooks | undefined;
}

/**
 * Takes one event, or what came in its place: afterwards the current batch has its rows, or its row for rejected_events, or nothing if its account was erased. There is
 * no queue of objects in between. Never throws on any input.
 */
export function createIntake(options: IntakeOptions): Pick<EventSink, 'event' | 'rejected'> {
  const { queue, observe, counts, erased, hooks } = options;

  const count = (event: StreamEvent, outcome: ReturnType<typeof takeEvent>): void => {
    if (outcome !== 'written' && outcome !== 'unusable') return counts.rejected(outcome);
    if (event.kind !== 'sync') counts.event(event);
    if (outcome === 'unusable' && event.kind === 'commit') counts.unusable(event.collection);
  };

  /** After each: what it made is in the batch. */
  const taken = (): void => {
    queue.added();
    hooks?.passed('after-receive');
  };
  return {
    event: (event, text) => {
      if (erased.has(event.did)) counts.erased();
      else count(event, takeEvent(event, text, queue.current()));
      // The position moves with the events of erased accounts too. Before taken(): a batch that it cuts takes the position as its progress.
      const gap = observe(event);
      if (gap !== undefined) {
        queue.current().ingestGaps.append(gap);
        counts.gap(gap);
      }
      taken();
    },
    rejected: (frame, text) => {
      if (erased.has(frame.did)) counts.erased();
      else counts.rejected(takeRejected(frame, text, queue.current()));
      taken();
    },
  };
}
