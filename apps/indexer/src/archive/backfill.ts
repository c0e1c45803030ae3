import { FIRST_TIME_CURSOR, type OpenArchive, type StreamFilter, seqsOfTime } from '@updraft/jetstream';
import { type ProgressOutput, SetupError, startProgressBar } from '@updraft/service';
import type { BatchWriter, CursorStore, ErasedAccounts, Progress } from '@updraft/store';
import { type BatchLimits, createBatchQueue } from '../batch/batch-queue.ts';
import type { ReplayTally } from '../replay/tally.ts';
import type { Hooks } from '../run/hooks.ts';
import { type Pipeline, runPipeline } from '../run/pipeline.ts';
import { type ArchivePosition, createArchiveSource } from './archive-source.ts';
import { type Damage, damageRow } from './damage.ts';

export interface BackfillOptions extends Pick<OpenArchive, 'archive' | 'decoder'> {
  /** The archive's name, for people. */
  readonly source: string;
  /** Microseconds since 1970, both inclusive. */
  readonly fromMicros: number;
  readonly toMicros: number | undefined;
  readonly filter: Pick<StreamFilter, 'dids' | 'collections' | 'kinds'>;
  /** Begin anew, whatever an earlier run has done. */
  readonly restart: boolean;
  readonly writer: BatchWriter;
  /** The cursor store of this backfill, beside that of the live stream. */
  readonly cursor: CursorStore;
  readonly erased: Pick<ErasedAccounts, 'has'>;
  readonly limits: BatchLimits;
  readonly tally: ReplayTally;
  readonly hooks?: Hooks | undefined;
  readonly output: ProgressOutput;
}

export interface BackfillResult {
  readonly rows: number;
  readonly bytes: number;
  readonly damages: readonly Damage[];
}

/**
 * Sends a stretch of an archive through the pipeline. Interrupted, the next run goes on after the last block that was acknowledged; after
 * the end the next run begins anew.
 */
export async function backfill(options: BackfillOptions, signal: AbortSignal): Promise<BackfillResult> {
  const { source, cursor } = options;
  const damages: Damage[] = [];
  try {
    const position = await begin(options, signal);
    if ((position.tipSeq ?? 0) > position.seq) await runThrough(options, position, damages, signal);
    signal.throwIfAborted();
    await cursor.save(progressOf(source, 0));
    return { rows: position.rows, bytes: position.bytes, damages };
  } catch (error) {
    if (!signal.aborted || error instanceof SetupError) throw error;
    throw new SetupError(INTERRUPTED, { cause: error });
  }
}

const INTERRUPTED =
  'interrupted. The same command goes on after what is written; with --restart it begins anew. Until it has come to its end, what is missing stays missing';

/** Where this run begins and ends. */
async function begin(options: BackfillOptions, signal: AbortSignal): Promise<ArchivePosition> {
  const { archive, fromMicros, toMicros, restart, cursor, output } = options;
  const stretch = await seqsOfTime(archive, { fromMicros, toMicros }, signal);
  const saved = restart ? 0 : ((await cursor.load())?.cursor ?? 0);
  if (saved > stretch.afterSeq) output.write(`going on after sequence number ${saved.toLocaleString('en')}\n`);
  const seq = Math.max(stretch.afterSeq, saved);
  if (stretch.tipSeq <= seq) output.write(`${options.source} has nothing more of that time\n`);
  return { seq, tipSeq: stretch.tipSeq, rows: 0, bytes: 0, witnessedAt: 0 };
}

async function runThrough(
  options: BackfillOptions,
  position: ArchivePosition,
  damages: Damage[],
  signal: AbortSignal,
): Promise<void> {
  const { source, limits, tally } = options;
  const queue = createBatchQueue({ ...limits, progress: () => progressOf(source, position.seq) });
  const onDamage = (damage: Damage): void => {
    damages.push(damage);
    queue.current().ingestGaps.append(damageRow(source, damage));
    queue.added();
  };
  const pipeline: Pipeline = {
    ...options,
    source: createArchiveSource({ ...options, position, onDamage }),
    queue,
    observe: () => undefined,
    intakeCounts: { ...tally, gap: () => {} },
    writeCounts: { batch: () => {}, saved: () => {}, saveFailed: () => {} },
  };
  const bar = showProgress(options, position);
  try {
    await runPipeline(pipeline, signal);
  } finally {
    bar.finish();
  }
}

const MB = 1e6;

function showProgress({ source, output }: BackfillOptions, position: ArchivePosition) {
  const [startedAt, from] = [performance.now(), position.seq];
  return startProgressBar(
    () => ({
      subject: `${source}  ${(position.bytes / MB).toFixed(1)} MB`,
      share: (position.seq - from) / Math.max(1, (position.tipSeq ?? 0) - from),
      count: position.rows,
      unit: 'events',
      elapsedMs: performance.now() - startedAt,
    }),
    output,
  );
}

/** The store tells the earlier of two positions by `lastSeq`: there the sequence number is added to the least time. */
function progressOf(source: string, seq: number): Progress {
  return {
    lastSeq: FIRST_TIME_CURSOR + seq,
    cursor: seq,
    host: `archive:${source}`,
    oldestKeptMicros: 0,
    recent: [],
    savedAt: new Date().toISOString(),
  };
}
