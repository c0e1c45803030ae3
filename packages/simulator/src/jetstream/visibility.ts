/** The only protocol that shows an event; undefined = both do. */
export type Only = 'v1' | 'v2' | undefined;

/** Which events are hidden from one of the protocols: few, by their sequence numbers. */
export interface Visibility {
  note(seq: number, only: Only): void;
  onlyOf(seq: number): Only;
  /** Whether every event is shown by both protocols. */
  hidesNothing(): boolean;
  dropBefore(seq: number): void;
  /** Forgets what was noted from a sequence number on. */
  truncate(seq: number): void;
}

export function createVisibility(): Visibility {
  const onlyBySeq = new Map<number, Only>();
  return {
    note(seq, only) {
      if (only !== undefined) onlyBySeq.set(seq, only);
    },
    onlyOf: (seq) => onlyBySeq.get(seq),
    hidesNothing: () => onlyBySeq.size === 0,
    dropBefore(first) {
      // Insertion is by seq.
      for (const seq of onlyBySeq.keys()) {
        if (seq >= first) return;
        onlyBySeq.delete(seq);
      }
    },
    truncate(first) {
      for (const seq of onlyBySeq.keys()) if (seq >= first) onlyBySeq.delete(seq);
    },
  };
}
