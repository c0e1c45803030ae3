import type { TimedRemark } from './snapshot.ts';

/** The last things worth a person's look. */
export interface Remarks {
  /** False when the same part said the same a moment ago: it is not kept again. */
  add(remark: TimedRemark): boolean;
  /** Oldest first. */
  list(): readonly TimedRemark[];
}

const kept = 50;
const sameWithinMs = 10_000;

export function createRemarks(): Remarks {
  let remarks: TimedRemark[] = [];
  return {
    add(remark) {
      const isRepeated = remarks.some(
        ({ part, text, atMs }) => part === remark.part && text === remark.text && remark.atMs - atMs < sameWithinMs,
      );
      if (!isRepeated) remarks = [...remarks.slice(1 - kept), remark];
      return !isRepeated;
    },
    list: () => remarks,
  };
}
