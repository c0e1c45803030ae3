import { openArchive } from '@updraft/jetstream';
import {
  ARCHIVE_RETRY,
  archiveSource,
  createGapHealer,
  type GapHealer,
  type GapSource,
  hostSource,
  isoTime,
} from '@updraft/refill';
import { type Backoff, backoff, every, type Logger } from '@updraft/service';
import {
  type ClickHouse,
  type ErasedAccounts,
  type IngestGapRow,
  readOpenGaps,
  type WritableBlock,
} from '@updraft/store';
import { folderName } from '../archive/folder-name.ts';
import type { IndexerConfig } from '../config.ts';
import type { IndexerMetrics } from '../watch/metrics.ts';

export interface HealGapsDeps {
  readonly config: Pick<IndexerConfig, 'hosts' | 'archive' | 'redis'>;
  readonly clickhouse: ClickHouse;
  write(blocks: readonly WritableBlock[]): Promise<unknown>;
  readonly erased: Pick<ErasedAccounts, 'has'>;
  ready(signal: AbortSignal): Promise<void>;
  readonly metrics: Pick<IndexerMetrics, 'openGaps' | 'healedGaps' | 'healTries' | 'healEvents'>;
  readonly log: Logger;
}

const LOOK_EVERY_MS = 5_000;
const TRY_AGAIN = { minMs: 30_000, maxMs: 3_600_000 };

/** Looks for open gaps every few seconds until the signal aborts, and heals those whose time has come. Never rejects. */
export async function healGaps(deps: HealGapsDeps, signal: AbortSignal): Promise<void> {
  const { clickhouse, metrics, log } = deps;
  const waits = new Map<string, Wait>();
  const look = async (): Promise<void> => {
    const gaps = await readOpenGaps(clickhouse, { signal });
    metrics.openGaps.set(gaps.length);
    forget(waits, gaps);
    const due = gaps.filter((gap) => isDue(waits.get(gap.gapId), gap));
    if (due.length > 0) await healDue(deps, due, waits, signal);
  };
  await every(LOOK_EVERY_MS, signal, look, (err) => log.warn({ err }, 'gaps could not be healed; trying again'));
}

/** A gap that could not be healed waits, unless it turns out to be longer. */
interface Wait {
  readonly gap: IngestGapRow;
  readonly backoff: Backoff;
  readonly until: number;
}

function isDue(wait: Wait | undefined, { fromTime, toTime }: IngestGapRow): boolean {
  return wait === undefined || wait.until <= Date.now() || wait.gap.fromTime > fromTime || wait.gap.toTime < toTime;
}

function forget(waits: Map<string, Wait>, open: readonly IngestGapRow[]): void {
  const ids = new Set(open.map(({ gapId }) => gapId));
  for (const id of waits.keys()) if (!ids.has(id)) waits.delete(id);
}

async function healDue(
  deps: HealGapsDeps,
  due: readonly IngestGapRow[],
  waits: Map<string, Wait>,
  signal: AbortSignal,
): Promise<void> {
  const { archive: settings, hosts, redis } = deps.config;
  await using archive = settings && openArchive(settings, { reading: folderName('gaps', redis), retry: ARCHIVE_RETRY });
  const fromArchive = archive && settings ? [archiveSource(archive, `the archive of ${settings.address}`)] : [];
  const sources: GapSource[] = [...fromArchive, ...hosts.map((host) => hostSource(host))];
  const onEvents = (events: number): void => deps.metrics.healEvents.inc(events);
  const healer = createGapHealer({ ...deps, sources, onEvents });
  for (const gap of due) await healOne(deps, healer, gap, waits, signal);
}

async function healOne(
  { metrics, log }: HealGapsDeps,
  healer: GapHealer,
  gap: IngestGapRow,
  waits: Map<string, Wait>,
  signal: AbortSignal,
): Promise<void> {
  const { gapId, host, fromTime, toTime } = gap;
  const stretch = { gapId, host, from: isoTime(fromTime), to: isoTime(toTime) };
  const outcome = await healer.heal(gap, signal);
  metrics.healTries.inc({ outcome: outcome.kind });
  if (outcome.kind === 'healed') {
    metrics.openGaps.dec();
    metrics.healedGaps.inc();
    log.info({ ...stretch, source: outcome.source, events: outcome.events }, 'a gap is healed');
    return;
  }
  const delays = waits.get(gapId)?.backoff ?? backoff(TRY_AGAIN);
  const waitMs = delays.next();
  waits.set(gapId, { gap, backoff: delays, until: Date.now() + waitMs });
  log.warn({ ...stretch, reasons: outcome.reasons, againInMs: waitMs }, 'a gap stays open');
}
