import type { StorageState } from '@updraft/console-api/views';
import { readStoredSizes } from '@updraft/store';
import { diskName, fullAtMs, growthOf, sampleOf } from './growth.ts';
import { isoTime, type OperatorDeps } from './operator-deps.ts';
import { createShared } from './shared.ts';
import type { SizeSamples } from './size-samples.ts';

/** The tables and disks as the servers know them now, and how fast they grew since the oldest sample of a week. */
export function createStorageState(
  { clickhouse, ttlMs }: OperatorDeps,
  samples: Pick<SizeSamples, 'read'>,
): () => Promise<StorageState> {
  return createShared(ttlMs, async (nowMs) => {
    const [sizes, before] = await Promise.all([readStoredSizes(clickhouse), samples.read()]);
    const growth = growthOf(before, sampleOf(sizes, nowMs));
    const disks = sizes.disks.map((disk) => {
      const bytesPerDay = growth?.disk(diskName(disk));
      return { ...disk, bytesPerDay, fullAt: isoTimeOf(fullAtMs(disk.freeBytes, bytesPerDay, nowMs)) };
    });
    return {
      updatedAt: isoTime(nowMs),
      measuredFrom: isoTimeOf(growth?.fromMs),
      tables: sizes.tables.map((table) => ({ ...table, bytesPerDay: growth?.table(table.name) })),
      disks,
      totalBytes: disks.reduce((sum, { totalBytes }) => sum + totalBytes, 0),
      freeBytes: disks.reduce((sum, { freeBytes }) => sum + freeBytes, 0),
      fullAt: disks.flatMap(({ fullAt }) => fullAt ?? []).toSorted()[0],
      isWhole: sizes.isWhole,
    };
  });
}

function isoTimeOf(ms: number | undefined): string | undefined {
  return ms === undefined ? undefined : isoTime(ms);
}
