import type { JetstreamEvent, RejectedFrame, RejectReason } from '@updraft/atproto';
import { RefusedDataError } from '@updraft/store';
import type { Batch } from './batch.ts';
import { appendEvent } from './event-rows.ts';
import { rejectedEventRow, rejectedFrameRow } from './rejected-rows.ts';

/**
 * written, unusable: the event's rows are in the batch; an unusable record makes no sense as its type. Else the reason of its row in
 * rejected_events.
 */
export type Taken = 'written' | 'unusable' | RejectReason;

/** Puts an event into the batch: all of its rows, or its row for rejected_events. `text` is the event as it came. */
export function takeEvent(event: JetstreamEvent, text: string, batch: Batch): Taken {
  const fault = append(event, batch);
  if (typeof fault === 'string') return fault;
  batch.rejectedEvents.append(rejectedEventRow(event, fault.reason, fault.detail, text));
  return fault.reason;
}

/** Puts a frame that is not an event into the batch: its row for rejected_events. */
export function takeRejected(frame: RejectedFrame, text: string, batch: Batch): RejectReason {
  batch.rejectedEvents.append(rejectedFrameRow(frame, text));
  return frame.reason;
}

interface Fault {
  readonly reason: RejectReason;
  readonly detail: string;
}

function append(event: JetstreamEvent, batch: Batch): 'written' | 'unusable' | Fault {
  try {
    const outcome = appendEvent(event, batch);
    if (outcome !== 'record_too_deep') return outcome;
    return { reason: outcome, detail: 'the record is nested deeper than 512 levels' };
  } catch (error) {
    // A value that fits no column: ClickHouse would refuse it for ever, and with it the events around it.
    if (error instanceof RefusedDataError) return { reason: 'refused_by_clickhouse', detail: error.message };
    throw error;
  }
}
