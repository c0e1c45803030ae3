/*
 * run: puts the stages together.
 *     source → intake (rows) → batch → write → cursor
 * Each stage knows only the next one.
 */

import { SetupError } from '@updraft/service';
import type { BatchWriter, CursorStore } from '@updraft/store';
import type { BatchQueue } from '../batch/batch-queue.ts';
import { createIntake, type IntakeCounts, type IntakeOptions } from '../intake/intake.ts';
import type { Source } from '../source/source.ts';
import { runWriteLoop, type WriteCounts } from '../write/write.ts';
import type { Hooks } from './hooks.ts';

export interface Pipeline {
  readonly source: Source;
  readonly queue: BatchQueue;
  readonly writer: BatchWriter;
  readonly cursor: Pick<CursorStore, 'save'>;
  readonly observe: IntakeOptions['observe'];
  readonly erased: IntakeOptions['erased'];
  readonly intakeCounts: IntakeCounts;
  readonly writeCounts: WriteCounts;
  readonly hooks?: Hooks | undefined;
}

/** What is left of the 15 s that a service has to stop, after all else. */
const LAST_WRITES_MS = 12_000;

/**
 * Runs a source into the writer until it ends by itself or by the signal, and everything taken in is written and its cursor saved.
 * @throws UnwrittenError when the last writes after a signal don't succeed in time; what the source throws, after the writes.
 */
export async function runPipeline(pipeline: Pipeline, signal: AbortSignal): Promise<void> {
  const { queue, source, intakeCounts, writeCounts } = pipeline;
  const giveUp = new AbortController();
  const writingFailed = new AbortController();
  const writing = runWriteLoop({ ...pipeline, counts: writeCounts }, giveUp.signal);
  writing.catch((error: unknown) => writingFailed.abort(error));
  const frame = createIntake({ ...pipeline, counts: intakeCounts });

  // A source that ended by itself waits for the writer as long as it takes; a signal doesn't.
  let timer: NodeJS.Timeout | undefined;
  const hurry = (): void => {
    timer = setTimeout(() => giveUp.abort(new UnwrittenError(queue.byteLength())), LAST_WRITES_MS);
  };
  if (signal.aborted) hurry();
  else signal.addEventListener('abort', hurry);
  try {
    await source.run(
      { frame, isFull: queue.isFull, hasRoom: queue.hasRoom },
      AbortSignal.any([signal, writingFailed.signal]),
    );
  } finally {
    queue.close();
    await writing.finally(() => {
      clearTimeout(timer);
      signal.removeEventListener('abort', hurry);
    });
  }
}

/** The last rows could not be written in time. They will come again, since the cursor stands before them. */
export class UnwrittenError extends SetupError {
  override name = 'UnwrittenError';

  constructor(bytes: number) {
    super(
      `ClickHouse did not take the last ${bytes} bytes of rows in time; nothing is lost: the cursor stands before them`,
    );
  }
}
