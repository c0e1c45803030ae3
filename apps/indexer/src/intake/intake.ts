/*
 * intake: takes one frame at a time.
 * In: a frame's text. Out: its rows, or its row for rejected_events, in the batch that fills now.
 * Keeps: nothing is dropped in silence; an event is in a batch as a whole, or not at all.
 */

import { type JetstreamEvent, parseFrame, type RejectedFrame, type RejectReason } from '@updraft/atproto';
import type { ErasedAccounts, IngestGapRow } from '@updraft/store';
import { RefusedDataError } from '@updraft/store';
import type { BatchQueue } from '../batch/batch-queue.ts';
import { rejectedEventRow, rejectedFrameRow } from '../rows/rejected.ts';
import { appendEvent } from '../rows/rows.ts';
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

  function takeEvent(event: JetstreamEvent, text: string): void {
    const batch = queue.current();
    const fault = append(event, batch, counts);
    if (fault === undefined) {
      counts.event(event);
    } else {
      batch.rejectedEvents.append(rejectedEventRow(event, fault.reason, fault.detail, text));
      counts.rejected(fault.reason);
    }
  }

  function takeRejected(frame: RejectedFrame, text: string): void {
    queue.current().rejectedEvents.append(rejectedFrameRow(frame, text));
    counts.rejected(frame.reason);
  }

  return (text) => {
    const parsed = parseFrame(text);
    if (erased.has(parsed.ok ? parsed.event.did : parsed.did)) counts.erased();
    else if (parsed.ok) takeEvent(parsed.event, text);
    else takeRejected(parsed, text);
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

interface Fault {
  readonly reason: RejectReason;
  readonly detail: string;
}

function append(
  event: JetstreamEvent,
  batch: ReturnType<BatchQueue['current']>,
  counts: IntakeCounts,
): Fault | undefined {
  try {
    const outcome = appendEvent(event, batch);
    if (outcome === 'record_too_deep')
      return { reason: outcome, detail: 'the record is nested deeper than 512 levels' };
    if (outcome === 'unusable' && event.kind === 'commit') counts.unusable(event.collection);
    return undefined;
  } catch (error) {
    // A value that fits no column: it would be refused for ever, and with it the events around it.
    if (error instanceof RefusedDataError) return { reason: 'refused_by_clickhouse', detail: error.message };
    throw error;
  }
}
