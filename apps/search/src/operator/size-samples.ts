import { every } from '@updraft/service';
import { createProgressStore, readStoredSizes } from '@updraft/store';
import { z } from 'zod';
import { MEASURED_MS, type SizeSample, sampleOf, sizeSample } from './growth.ts';
import type { OperatorDeps } from './operator-deps.ts';

/** Their name in job_progress. */
export const SIZES_NAME = 'storage:sizes';
const LOOK_EVERY_MS = 600_000;
const SAMPLE_EVERY_MS = 8 * 3_600_000;

/** The sizes of tables and disks three times a day for a week, of which growth is computed. Instances share them. */
export interface SizeSamples {
  read(): Promise<readonly SizeSample[]>;
  /** Adds one unless the last is young. */
  take(nowMs: number): Promise<void>;
  /** Takes them until the signal aborts. */
  run(signal: AbortSignal): Promise<void>;
}

const stored = z.object({ samples: z.array(sizeSample), version: z.number().optional() });

export function createSizeSamples({ clickhouse, log }: Pick<OperatorDeps, 'clickhouse' | 'log'>): SizeSamples {
  const progress = createProgressStore(clickhouse);
  const load = async () => stored.safeParse(await progress.load(SIZES_NAME)).data ?? { samples: [] };
  const take = async (nowMs: number): Promise<void> => {
    const { samples: all, version: last = 1000 * Math.max(0, ...all.map(({ atMs }) => atMs)) } = await load();
    // One of the future is of a clock that was wrong.
    const samples = all.filter(({ atMs }) => atMs > nowMs - MEASURED_MS && atMs <= nowMs);
    if (samples.some(({ atMs }) => atMs > nowMs - SAMPLE_EVERY_MS)) return;
    const sample = sampleOf(await readStoredSizes(clickhouse), nowMs);
    // Whatever that clock wrote, this is newer.
    const version = Math.max(nowMs * 1000, last + 1);
    await progress.save(SIZES_NAME, { samples: [...samples, sample], version }, version);
  };
  return {
    read: async () => (await load()).samples,
    take,
    run: (signal) =>
      every(
        LOOK_EVERY_MS,
        signal,
        () => take(Date.now()),
        (err) => log.warn({ err }, 'the sizes of tables could not be noted'),
      ),
  };
}
