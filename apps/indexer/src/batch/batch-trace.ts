import { batchBytes } from '@updraft/ingest';
import { inTrace, startSpan } from '@updraft/service';
import type { QueuedBatch } from './filling-batch.ts';

/**
 * Runs the writing of a batch as a trace that began when its first event came from the socket: `receive` until it was cut, `wait` for the
 * writer, then what `write` does. A trace covers thousands of events, so it costs nothing for each.
 */
export function traceBatch(batch: QueuedBatch, write: () => Promise<void>): Promise<void> {
  const { receivedAtMs, cutAtMs, events } = batch;
  const attributes = { 'messaging.system': 'jetstream', 'messaging.batch.message_count': events };
  return inTrace('batch', { kind: 'consumer', startMs: receivedAtMs, attributes }, async (span) => {
    span?.setAttribute('updraft.bytes', batchBytes(batch));
    startSpan('receive', { startMs: receivedAtMs })?.end(cutAtMs);
    startSpan('wait', { startMs: cutAtMs })?.end();
    await write();
  });
}
