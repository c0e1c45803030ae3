/** The last records of one collection, so that some of them can be liked, edited or deleted later. Bounded: old ones are forgotten. */
export interface RecordRing {
  readonly size: number;
  push(account: number, rkeyMicros: number): void;
  /** The record that was pushed `back` pushes ago, 0 being the last. */
  accountAt(back: number): number;
  microsAt(back: number): number;
}

/** `capacity` must be a power of two. */
export function createRecordRing(capacity: number): RecordRing {
  const accounts = new Int32Array(capacity);
  const micros = new Float64Array(capacity);
  let pushed = 0;
  const slot = (back: number) => (pushed - 1 - back) & (capacity - 1);
  return {
    get size() {
      return Math.min(pushed, capacity);
    },
    push(account, rkeyMicros) {
      const at = pushed & (capacity - 1);
      accounts[at] = account;
      micros[at] = rkeyMicros;
      pushed += 1;
      // Only the lower bits matter: `pushed` stays a small integer.
      if (pushed === 2 ** 30) pushed = capacity;
    },
    accountAt: (back) => accounts[slot(back)] ?? 0,
    microsAt: (back) => micros[slot(back)] ?? 0,
  };
}
