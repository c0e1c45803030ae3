import type { TimedRemark } from './snapshot.ts';

/** What happened lately. */
export interface Remarks {
  /** Shows and keeps a remark, unless the same part said the same a moment ago. */
  add(remark: TimedRemark): void;
  /** To be called once all parts run. Before it, "running (pid 1)" and the like are shown but not kept. */
  allStarted(): void;
  /** Oldest first. */
  list(): readonly TimedRemark[];
}

const KEPT = 50;
const SAME_WITHIN_MS = 10_000;

export function createRemarks(show: (remark: TimedRemark) => void): Remarks {
  let remarks: TimedRemark[] = [];
  let isStarting = true;
  return {
    add(remark) {
      if (isStarting && remark.level === 'info') return show(remark);
      const isRepeated = remarks.some(
        ({ part, text, atMs }) => part === remark.part && text === remark.text && remark.atMs - atMs < SAME_WITHIN_MS,
      );
      if (isRepeated) return;
      remarks = [...remarks.slice(1 - KEPT), remark];
      show(remark);
    },
    allStarted: () => {
      isStarting = false;
    },
    list: () => remarks,
  };
}
