import { hostName, type OpenArchive } from '@updraft/jetstream';
import type { Progress } from '@updraft/store';
import { createBatchQueue } from '../batch/batch-queue.ts';
import { createStreamPosition, type StreamPosition } from '../cursor/stream-position.ts';
import { runPipeline } from '../run/pipeline.ts';
import { startReports } from '../watch/status.ts';
import { type ArchivePosition, createArchiveSource } from './archive-source.ts';
import { type Damage, damagedPart, damageRow } from './damage.ts';
import type { PastDeps } from './past.ts';
import { archiveProgress } from './past-progress.ts';

export interface PassesOptions extends PastDeps, Pick<OpenArchive, 'archive' | 'decoder'> {
  /** The host of the archive. */
  readonly source: string;
  readonly afterSeq: number;
  readonly fromMicros: number;
}

/**
 * Reads to the archive's end, then what was sealed meanwhile, until nothing more has come. Gives the position of the last event at the
 * archive's host; undefined when there was none, or the signal has aborted.
 */
export async function readPasses(options: PassesOptions, signal: AbortSignal): Promise<Progress | undefined> {
  const { config, source, afterSeq, fromMicros } = options;
  const position: ArchivePosition = { seq: afterSeq, tipSeq: undefined, rows: 0, bytes: 0, witnessedAt: fromMicros };
  const tail = createStreamPosition({ saved: undefined, startMicros: undefined, now: () => new Date() });
  const liveHost = config.hosts.find((host) => hostName(host) === source) ?? source;
  tail.resumed(liveHost, undefined, Date.now() * 1000);
  for (let before = -1; position.seq > before && !signal.aborted; ) {
    before = position.seq;
    position.tipSeq = undefined;
    await readPass(options, position, observeOnce(tail), signal);
  }
  return signal.aborted ? undefined : tail.progress();
}

async function readPass(
  options: PassesOptions,
  position: ArchivePosition,
  observe: StreamPosition['observe'],
  signal: AbortSignal,
): Promise<void> {
  const { config, source, metrics, log } = options;
  const queue = createBatchQueue({ ...config.limits, progress: () => archiveProgress(source, position) });
  metrics.watchQueue(queue.byteLength);
  const onDamage = (damage: Damage): void => {
    queue.current().ingestGaps.append(damageRow(source, damage));
    queue.added();
    metrics.gaps.inc();
    log.error({ archive: source }, `${damagedPart(damage)} is corrupt and left out: ${damage.reason}`);
  };
  const stopReports = startReports(metrics, queue, log);
  try {
    const archiveSource = createArchiveSource({ ...options, position, onDamage });
    await runPipeline({ ...options, source: archiveSource, queue, observe }, signal);
  } finally {
    stopReports();
  }
}

/** What is read again, after something corrupt say, is no step back of the host. */
function observeOnce({ observe, last }: StreamPosition): StreamPosition['observe'] {
  let highest = last()?.cursor ?? 0;
  return (event) => {
    if (event.cursor === undefined || event.cursor <= highest) return undefined;
    highest = event.cursor;
    return observe(event);
  };
}
