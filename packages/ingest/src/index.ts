/*
 * ingest: from events to rows that ClickHouse has acknowledged. The live stream, recorded files and imports have their events written so:
 *
 *     const batch = createBatch();
 *     for (const event of events) takeEvent(event, text, batch);    // its rows, or its row for rejected_events
 *     await writer.write(filledBlocks(batch), signal);               // the store's BatchWriter: resolves when all rows are acknowledged
 *     clearBatch(batch);                                             // and only now may the progress be saved
 *
 * createEventWriter() does this for whatever reads events besides the live stream. A batch may grow until batchBytes(batch) is a few MiB. Rows of an account that was erased must not be written: ask the store's
 * ErasedAccounts before each event.
 * Keeps: the same event always makes the same rows, so that a replay changes nothing; an event is in a batch completely or not at all.
 */

export { type Batch, batchBytes, clearBatch, createBatch, filledBlocks } from './batch.ts';
export { appendEvent } from './event-rows.ts';
export { createEventWriter, type EventWriter, type EventWriterCounts } from './event-writer.ts';
export { postRow } from './post-row.ts';
export { parseSince, type Since, sinceMicros } from './since.ts';
export { takeEvent, takeRejected } from './take.ts';
