/*
 * run: puts the stages together. An event goes one way:
 *     source/connection.ts → intake/intake.ts → takeEvent of packages/ingest (rows) → batch/batch-queue.ts → write/write.ts
 *     → the store's batch writer → cursor/cursor-saver.ts
 */

import { SetupError } from '@updraft/service';
import type { BatchQueue } from '../batch/batch-queue.ts';
import { createIntake, type IntakeCounts, type IntakeOptions } from '../intake/intake.ts';
import type { Source } from '../source/source.ts';
import { runWriteLoop, type WriteCounts, type WriteLoopOptions } from '../write/write.ts';

export interface Pipeline extends Omit<IntakeOptions & WriteLoopOptions, 'queue' | 'counts'> {
  readonly source: Source;
  readonly queue: BatchQueue;
  readonly intakeCounts: IntakeCounts;
  readonly writeCounts: WriteCounts;
}

/** A service has 15 s to stop. Everything else takes less than the rest of it. */
const LAST_WRITES_MS = 12_000;

/**
 * Runs a source into the writer until the source ends or the signal aborts, and everything taken in is written and its cursor saved.
 * @throws UnwrittenError when the last writes after a signal don't succeed in time; what the source throws, after the writes.
 */
export async function runPipeline(pipeline: Pipeline, signal: AbortSignal): Promise<void> {
  const { queue, source, intakeCounts, writeCounts } = pipeline;
  const giveUp = new AbortController();
  const writingFailed = new AbortController();
  const writing = runWriteLoop({ ...pipeline, counts: writeCounts }, giveUp.signal);
  writing.catch((error: unknown) => writingFailed.abort(error));
  const intake = createIntake({ ...pipeline, counts: intakeCounts });

  // After a signal the last writes have a deadline; after the end of a file they have none.
  let timer: NodeJS.Timeout | undefined;
  const startDeadline = (): void => {
    timer = setTimeout(() => giveUp.abort(new UnwrittenError(queue.byteLength())), LAST_WRITES_MS);
  };
  if (signal.aborted) startDeadline();
  else signal.addEventListener('abort', startDeadline);
  try {
    await source.run(
      { ...intake, isFull: queue.isFull, waitForRoom: queue.waitForRoom },
      AbortSignal.any([signal, writingFailed.signal]),
    );
  } finally {
    queue.close();
    await writing.finally(() => {
      clearTimeout(timer);
      signal.removeEventListener('abort', startDeadline);
    });
  }
}

/** The last rows were not written in time. They come again at the next start, since the cursor is before them. */
export class UnwrittenError extends SetupError {
  override name = 'UnwrittenError';

  constructor(bytes: number) {
    super(
      `ClickHouse did not take the last ${bytes} bytes of rows in time. Nothing is lost: the next start reads them again`,
    );
  }
}
