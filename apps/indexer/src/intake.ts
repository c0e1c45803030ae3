import { type JetstreamEvent, parseFrame, type RejectReason } from '@updraft/atproto';
import type { IngestGapRow } from '@updraft/store';
import { RefusedDataError } from '@updraft/store';
import type { BatchQueue } from './batch-queue.ts';
import type { CrashPoints } from './crash-points.ts';
import { rejectedEventRow, rejectedFrameRow } from './rejected.ts';
import { appendEvent } from './rows.ts';

/** What became of events, for whoever counts them. */
export interface IntakeCounts {
  event(event: JetstreamEvent): void;
  rejected(reason: RejectReason): void;
  unusable(collection: string): void;
  gap(row: IngestGapRow): void;
}

export interface IntakeOptions {
  readonly queue: Pick<BatchQueue, 'current' | 'added'>;
  /** Follows the stream's place; gives a gap's row when one shows. */
  observe(event: JetstreamEvent): IngestGapRow | undefined;
  readonly counts: IntakeCounts;
  readonly crash: CrashPoints;
}

/**
 * Takes one frame in: afterwards its rows, or its row in rejected_events, stand in the current batch. All of it at once, without a queue
 * of objects. Never throws on any input.
 */
export function createIntake({ queue, observe, counts, crash }: IntakeOptions): (text: string) => void {
  return (text) => {
    const batch = queue.current();
    const parsed = parseFrame(text);
    if (parsed.ok) {
      const { event } = parsed;
      const fault = append(event, batch, counts);
      if (fault === undefined) {
        counts.event(event);
      } else {
        batch.rejectedEvents.append(rejectedEventRow(event, fault.reason, fault.detail, text));
        counts.rejected(fault.reason);
      }
      const gap = observe(event);
      if (gap !== undefined) {
        batch.ingestGaps.append(gap);
        counts.gap(gap);
      }
    } else {
      batch.rejectedEvents.append(rejectedFrameRow(parsed, text));
      counts.rejected(parsed.reason);
    }
    queue.added();
    crash.pass('after-receive');
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
