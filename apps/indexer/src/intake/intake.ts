/*
 * intake: takes one frame at a time.
 * In: a frame's text. Out: its rows, or its row for rejected_events, in the batch that fills now.
 * Keeps: nothing is dropped in silence; an event is in a batch as a whole, or not at all.
 */

import { type JetstreamEvent, parseFrame, type RejectReason } from '@updraft/atproto';
import { takeEvent, takeRejected } from '@updraft/ingest';
import type { ErasedAccounts, IngestGapRow } from '@updraft/store';
import type { BatchQueue } from '../batch/batch-queue.ts';
import type { Hooks } from '../run/hooks.ts';

/** What became of events, for whoever counts them. */
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
  /** Follows the stream's place; gives a gap's row when one shows. */
  observe(event: JetstreamEvent): IngestGapRow | undefined;
  readonly counts: IntakeCounts;
  readonly erased: Pick<ErasedAccounts, 'has'>;
  readonly hooks?: Hooks | undefined;
}

/**
 * Takes one frame in: afterwards its rows, or its row in rejected_events, stand in the current batch; nothing when its account was erased.
 * All of it at once, without a queue of objects. Never throws on any input.
 */
export function createIntake(options: IntakeOptions): (text: string) => void {
  const { queue, observe, counts, erased, hooks } = options;

  const count = (event: JetstreamEvent, taken: ReturnType<typeof takeEvent>): void => {
    if (taken !== 'written' && taken !== 'unusable') return counts.rejected(taken);
    counts.event(event);
    if (taken === 'unusable' && event.kind === 'commit') counts.unusable(event.collection);
  };

  return (text) => {
    const parsed = parseFrame(text);
    if (erased.has(parsed.ok ? parsed.event.did : parsed.did)) counts.erased();
    else if (parsed.ok) count(parsed.event, takeEvent(parsed.event, text, queue.current()));
    else counts.rejected(takeRejected(parsed, text, queue.current()));
    // The place in the stream moves with the events of erased accounts too.
    const gap = parsed.ok ? observe(parsed.event) : undefined;
    if (gap !== undefined) {
      queue.current().ingestGaps.append(gap);
      counts.gap(gap);
    }
    queue.added();
    hooks?.passed('after-receive');
  };
}
