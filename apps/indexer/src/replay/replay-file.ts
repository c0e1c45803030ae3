import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { FIRST_TIME_CURSOR } from '@updraft/jetstream';
import { type ProgressOutput, SetupError, startProgressBar } from '@updraft/service';
import {
  type BatchWriter,
  type CursorStore,
  type ErasedAccounts,
  type Progress,
  replayStreamName,
} from '@updraft/store';
import { type BatchLimits, createBatchQueue } from '../batch/batch-queue.ts';
import type { Hooks } from '../run/hooks.ts';
import { type Pipeline, runPipeline } from '../run/pipeline.ts';
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

/** The name that a file's progress is saved under: another file at the same path, of another size, begins anew. @throws SetupError */
export async function replayStream(prefix: string, path: string): Promise<string> {
  const found = await stat(path).catch((error: unknown) => {
    throw new SetupError(`${path} can't be read`, { cause: error });
  });
  if (!found.isFile()) throw new SetupError(`${path} is not a file`);
  return replayStreamName(prefix, `${resolve(path)}\n${found.size}`);
}

/**
 * Sends a file's events through the pipeline. Interrupted, the next run continues after the last batch that was acknowledged; after the end
 * of the file the next run begins anew.
 */
export async function replayFile(options: ReplayFileOptions, signal: AbortSignal): Promise<void> {
  const { path, restart, cursor, limits, output } = options;
  const skipLines = restart ? 0 : ((await cursor.load())?.cursor ?? 0);
  if (skipLines > 0) output.write(`${path}: continuing after line ${skipLines.toLocaleString('en')}\n`);
  const position: FilePosition = { lines: 0, bytesRead: 0 };
  const progress = (): Progress => progressOf(path, Math.max(position.lines, skipLines));
  const source = createRecordedFileSource({ path, skipLines, position });
  const queue = createBatchQueue({ ...limits, progress });
  const bar = await showProgress(options, position);
  try {
    await runPipeline({ ...options, source, queue, ...countsOf(options.tally) }, signal);
  } finally {
    bar.finish();
  }
  if (signal.aborted)
    throw new SetupError(`interrupted after line ${position.lines} of ${path}; the same command continues from there`);
  await cursor.save(progressOf(path, 0));
}

async function showProgress({ path, tally, output }: ReplayFileOptions, position: FilePosition) {
  const { size } = await stat(path);
  const [startedAt, eventsBefore] = [performance.now(), tally.events()];
  return startProgressBar(
    () => ({
      subject: path,
      share: size === 0 ? 1 : position.bytesRead / size,
      count: tally.events() - eventsBefore,
      unit: 'events',
      elapsedMs: performance.now() - startedAt,
    }),
    output,
  );
}

/** A file has no gaps, and its run is counted for its last words only. */
function countsOf(tally: ReplayTally): Pick<Pipeline, 'observe' | 'intakeCounts' | 'writeCounts'> {
  return {
    observe: () => undefined,
    intakeCounts: { ...tally, gap: () => {} },
    writeCounts: { batch: () => {}, saved: () => {}, saveFailed: () => {} },
  };
}

/** The line number is the cursor. The store tells the earlier of two positions by `lastSeq`: there it is added to the least time. */
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
