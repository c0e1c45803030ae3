import type { IngestGapRow } from '@updraft/store';
import { type HostPosition, leftOutRow } from '../cursor/gap-rows.ts';

/**
 * The row of the stretch in which a host is asked to leave out events above the limit of a frame. The stretch ends where the stream is now,
 * and the row replaces that of an earlier call, until `isOver`.
 */
export type LeftOutStretch = (host: string, nowMicros: number, isOver: boolean) => IngestGapRow;

export function createLeftOutStretch(last: () => HostPosition | undefined): LeftOutStretch {
  let from: HostPosition | undefined;
  return (host, nowMicros, isOver) => {
    const here = last() ?? { host, identities: [], micros: nowMicros, cursor: undefined };
    from ??= here;
    const row = leftOutRow(host, from, here.micros);
    if (isOver) from = undefined;
    return row;
  };
}
