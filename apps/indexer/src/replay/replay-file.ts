import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type ProgressOutput, SetupError, startProgressBar } from '@updraft/service';
import {
  type BatchWriter,
  type CursorStore,
  type ErasedAccounts,
  type Progress,
  replayStreamName,
} from '@updraft/store';
import { type BatchLimits, createBatchQueue } from '../batch/batch-queue.ts';
import { FIRST_TIME_CURSOR } from '../cursor/place.ts';
import type { Hooks } from '../run/hooks.ts';
import { runPipeline } from '../run/pipeline.ts';
import { createRecordedFileSource, type FilePosition } from '../source/recorded-file.ts';
import type { ReplayTally } from './tally.ts';

export interface ReplayFileOptions {
  readonly path: string;
  /** Begin anew, whatever an earlier run has done. */
  readonly restart: boolean;
  readonly writer: BatchWriter;
  /** The cursor store of this file: see replayStream. */
  readonly cursor: CursorStore;
  readonly erased: Pick<ErasedAccounts, 'has'>;
  readonly limits: BatchLimits;
  readonly tally: ReplayTally;
  readonly hooks?: Hooks | undefined;
  readonly output: ProgressOutput;
}

/** What the progress of a file is saved under: another file at the same path, of another size, begins anew. @throws SetupError */
export async function replayStream(prefix: string, path: string): Promise<string> {
  const found = await stat(path).catch((error: unknown) => {
    throw new SetupError(`${path} can't be read`, { cause: error });
  });
  if (!found.isFile()) throw new SetupError(`${path} is no file`);
  return replayStreamName(prefix, `${resolve(path)}\n${found.size}`);
}

/**
 * Sends a file's events through the pipeline. Interrupted, it goes on at the next run where the last batch was acknowledged; run to the
 * end, the next run begins anew.
 */
export async function replayFile(options: ReplayFileOptions, signal: AbortSignal): Promise<void> {
  const { path, cursor, tally, output } = options;
  const { size } = await stat(path);
  const skipLines = options.restart ? 0 : ((await cursor.load())?.cursor ?? 0);
  if (skipLines > 0) output.write(`${path}: going on after line ${skipLines.toLocaleString('en')}\n`);
  const position: FilePosition = { lines: 0, bytesRead: 0 };
  const progress = (): Progress => progressOf(path, Math.max(position.lines, skipLines));

  const [startedAt, eventsBefore] = [performance.now(), tally.events];
  const bar = startProgressBar(
    () => ({
      subject: path,
      share: size === 0 ? 1 : position.bytesRead / size,
      count: tally.events - eventsBefore,
      unit: 'events',
      elapsedMs: performance.now() - startedAt,
    }),
    output,
  );
  try {
    await runPipeline(
      {
        ...options,
        source: createRecordedFileSource({ path, skipLines, position }),
        queue: createBatchQueue({ ...options.limits, progress }),
        observe: () => undefined,
        intakeCounts: {
          event: tally.event,
          rejected: tally.rejected,
          unusable: tally.unusable,
          erased: tally.erased,
          gap: () => {},
        },
        writeCounts: { batch: () => {}, saved: () => {}, saveFailed: () => {} },
      },
      signal,
    );
  } finally {
    bar.finish();
  }
  if (signal.aborted)
    throw new SetupError(`interrupted after line ${position.lines} of ${path}; the same command goes on from there`);
  await cursor.save(progressOf(path, 0));
}

/** The lines are the place; as `lastSeq`, by which the store tells the earlier of two, they stand on top of its least value. */
function progressOf(path: string, lines: number): Progress {
  const lastSeq = FIRST_TIME_CURSOR + lines;
  return {
    lastSeq,
    cursor: lines,
    host: `file:${path}`,
    oldestKeptMicros: 0,
    recent: [],
    savedAt: new Date().toISOString(),
  };
}
