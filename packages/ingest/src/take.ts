import type { RejectedFrame, RejectReason } from '@updraft/atproto';
import type { StreamEvent } from '@updraft/jetstream';
import { RefusedDataError } from '@updraft/store';
import type { Batch } from './batch.ts';
import { appendEvent } from './event-rows.ts';
import { rejectedEventRow, rejectedFrameRow } from './rejected-rows.ts';

/**
 * Puts an event into the batch: all of its rows, or its row for rejected_events. `text` is the event as it came. Gives the reason of a
 * rejection, or `unusable` for a record that makes no sense as its type, whose rows are written all the same.
 */
export function takeEvent(event: StreamEvent, text: string, batch: Batch): 'written' | 'unusable' | RejectReason {
  const reject = (reason: RejectReason, detail: string): RejectReason => {
    batch.rejectedEvents.append(rejectedEventRow(event, reason, detail, text));
    return reason;
  };
  try {
    const outcome = appendEvent(event, batch);
    if (outcome !== 'record_too_deep') return outcome;
    return reject(outcome, 'the record is nested deeper than 512 levels');
  } catch (error) {
    // A value that fits no column: ClickHouse would refuse it for ever, and with it the events around it.
    if (error instanceof RefusedDataError) return reject('refused_by_clickhouse', error.message);
    throw error;
  }
}

/** Puts the row of a frame that is not an event into the batch. */
export function takeRejected(frame: RejectedFrame, text: string, batch: Batch): RejectReason {
  batch.rejectedEvents.append(rejectedFrameRow(frame, text));
  return frame.reason;
}
