/** Keeps the ids with the highest scores out of many. Of equal scores that stays which came first. */
export interface BestOf {
  /** Whether a score this high would be kept now. */
  wants(score: number): boolean;
  offer(id: number, score: number): void;
  /** Best first; equal ones in the order of their ids. */
  take(): { readonly id: number; readonly score: number }[];
}

/** A heap whose root is the worst that is kept. */
export function createBestOf(limit: number): BestOf {
  const ids: number[] = [];
  const scores: number[] = [];
  const swap = (a: number, b: number): void => {
    [ids[a], ids[b]] = [ids[b] as number, ids[a] as number];
    [scores[a], scores[b]] = [scores[b] as number, scores[a] as number];
  };
  const rise = (from: number): void => {
    for (let child = from; child > 0; ) {
      const parent = (child - 1) >> 1;
      if ((scores[parent] as number) <= (scores[child] as number)) return;
      swap(parent, child);
      child = parent;
    }
  };
  const sink = (): void => {
    for (let parent = 0; ; ) {
      let least = 2 * parent + 1;
      if (least >= ids.length) return;
      if (least + 1 < ids.length && (scores[least + 1] as number) < (scores[least] as number)) least += 1;
      if ((scores[parent] as number) <= (scores[least] as number)) return;
      swap(parent, least);
      parent = least;
    }
  };
  const wants = (score: number): boolean => ids.length < limit || (limit > 0 && score > (scores[0] as number));
  return {
    wants,
    offer: (id, score) => {
      if (ids.length < limit) {
        ids.push(id);
        scores.push(score);
        rise(ids.length - 1);
      } else if (wants(score)) {
        ids[0] = id;
        scores[0] = score;
        sink();
      }
    },
    take: () =>
      ids
        .map((id, place) => ({ id, score: scores[place] as number }))
        .toSorted((a, b) => b.score - a.score || a.id - b.id),
  };
}
