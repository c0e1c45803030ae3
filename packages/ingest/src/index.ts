/*
 * ingest: from events to rows that ClickHouse has acknowledged, for whoever has events: the live stream, a recorded file, an import.
 *     takeEvent (rows, or a row for rejected_events) → Batch → BatchWriter.write(filledBlocks(batch)) → clearBatch
 * Keeps: the same event always makes the same rows, so that a replay changes nothing; an event is in a batch as a whole, or not at all.
 */

export { type Batch, batchBytes, clearBatch, createBatch, filledBlocks } from './batch.ts';
export { appendEvent } from './event-rows.ts';
export { postRow } from './post-row.ts';
export { parseSince, type Since, sinceMicros } from './since.ts';
export { takeEvent, takeRejected } from './take.ts';
