export { type Batch, clearBatch, createBatch, filledBlocks } from './batch.ts';
export { type IndexerConfig, readIndexerConfig } from './config.ts';
export type { Place, ResumePoint } from './cursor.ts';
export { type IndexerDeps, runIndexer } from './indexer.ts';
export { createIndexerMetrics, type IndexerMetrics } from './metrics.ts';
export { appendEvent, type RowSink } from './rows.ts';
export type { Ended, EndReason } from './source/connection.ts';
export { createJetstreamSource, type JetstreamOptions } from './source/jetstream.ts';
export type { FrameSink, Source } from './source/source.ts';
