import {
  actorHandles,
  actorStatus,
  type Block,
  createBlock,
  ingestGaps,
  postRows,
  profiles,
  recordRows,
  rejectedEvents,
  repoSyncs,
  type WritableBlock,
} from '@updraft/store';

/** Rows of many events: a block for each table. */
export interface Batch extends Blocks {
  /** All of them. */
  readonly tables: readonly (WritableBlock & Pick<Block<never>, 'clear'>)[];
}

type Blocks = ReturnType<typeof createBlocks>;

export function createBatch(): Batch {
  const byTable = createBlocks();
  return { ...byTable, tables: Object.values(byTable) };
}

function createBlocks() {
  return {
    recordRows: createBlock(recordRows),
    postRows: createBlock(postRows),
    profiles: createBlock(profiles),
    actorHandles: createBlock(actorHandles),
    actorStatus: createBlock(actorStatus),
    repoSyncs: createBlock(repoSyncs),
    rejectedEvents: createBlock(rejectedEvents),
    ingestGaps: createBlock(ingestGaps),
  };
}

/** The blocks that have rows: what a BatchWriter is given. */
export function filledBlocks(batch: Batch): WritableBlock[] {
  return batch.tables.filter((block) => block.rows > 0);
}

export function batchBytes(batch: Batch): number {
  return batch.tables.reduce((sum, block) => sum + block.byteLength, 0);
}

/** Empties the batch and keeps its memory. Only after its write has settled. */
export function clearBatch(batch: Batch): void {
  for (const block of batch.tables) block.clear();
}
