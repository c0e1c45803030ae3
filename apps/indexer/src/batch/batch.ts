import {
  actorHandles,
  actorStatus,
  type Block,
  createBlock,
  ingestGaps,
  type Progress,
  postRows,
  profiles,
  recordRows,
  rejectedEvents,
  type WritableBlock,
} from '@updraft/store';

/** Rows of a stretch of the stream: a block for each table. */
export interface Batch extends Blocks {
  /** All of them. */
  readonly tables: readonly (WritableBlock & Pick<Block<never>, 'clear'>)[];
  /** Frames that were taken into it, also those without a row. */
  events: number;
  /** When its first frame came, and when it was cut, in milliseconds since 1970. */
  receivedAtMs: number;
  cutAtMs: number;
  /** What to save when it is written; undefined: the saved progress stays. */
  progress: Progress | undefined;
}

type Blocks = ReturnType<typeof createBlocks>;

export function createBatch(): Batch {
  const byTable = createBlocks();
  return { ...byTable, tables: Object.values(byTable), events: 0, receivedAtMs: 0, cutAtMs: 0, progress: undefined };
}

function createBlocks() {
  return {
    recordRows: createBlock(recordRows),
    postRows: createBlock(postRows),
    profiles: createBlock(profiles),
    actorHandles: createBlock(actorHandles),
    actorStatus: createBlock(actorStatus),
    rejectedEvents: createBlock(rejectedEvents),
    ingestGaps: createBlock(ingestGaps),
  };
}

/** The blocks of a batch that have rows. */
export function filledBlocks(batch: Batch): WritableBlock[] {
  return batch.tables.filter((block) => block.rows > 0);
}

export function batchBytes(batch: Batch): number {
  return batch.tables.reduce((sum, block) => sum + block.byteLength, 0);
}

/** Empties it and keeps its memory. */
export function clearBatch(batch: Batch): void {
  for (const block of batch.tables) block.clear();
  batch.events = 0;
  batch.progress = undefined;
}
