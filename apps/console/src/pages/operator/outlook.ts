import type { StorageState } from '@updraft/console-api/views';
import { formatSpan, formatTime } from '../../data/format.ts';

export interface Outlook {
  readonly text: string;
  /** Somebody has to do something about it. */
  readonly isPressing: boolean;
}

const PRESSING_S = 14 * 86_400;
/** Of a disk: with less of it free nothing can be merged, and so nothing grows any more. */
const LEAST_FREE = 0.01;

/** When the first disk will be full, in words. */
export function outlookOf({
  disks,
  fullAt,
  measuredFrom,
  updatedAt,
}: Pick<StorageState, 'disks' | 'fullAt' | 'measuredFrom' | 'updatedAt'>): Outlook {
  const full = disks.find(({ freeBytes, totalBytes }) => freeBytes < totalBytes * LEAST_FREE);
  if (full !== undefined) return { text: `The disk ${full.name} is full.`, isPressing: true };
  if (measuredFrom === undefined)
    return {
      text: 'Growth is measured since this service began: the first figures come within half an hour.',
      isPressing: false,
    };
  if (fullAt === undefined) return { text: 'As far as it was measured, no disk fills up.', isPressing: false };
  const seconds = Math.max(0, (Date.parse(fullAt) - Date.parse(updatedAt)) / 1000);
  return {
    text: `At this rate the first disk is full on ${formatTime(fullAt)}, in ${formatSpan(seconds)}.`,
    isPressing: seconds < PRESSING_S,
  };
}
