/** Keeps the ids with the highest scores out of many. Of equal scores that stays which came first. */
export interface BestOf {
  /** Whether a score this high would be kept now. */
  wants(score: number): boolean;
  offer(id: number, score: number): void;
  /** Best first; equal ones in the order of their ids. */
  take(): { readonly id: number; readonly score: number }[];
}

export function createBestOf(limit: number): BestOf {
  const heap: Heap = { ids: [], scores: [] };
  const { ids, scores } = heap;
  const wants = (score: number): boolean => ids.length < limit || (limit > 0 && score > (scores[0] as number));
  return {
    wants,
    offer: (id, score) => {
      if (!wants(score)) return;
      if (ids.length < limit) {
        ids.push(id);
        scores.push(score);
        rise(heap);
      } else {
        ids[0] = id;
        scores[0] = score;
        sink(heap);
      }
    },
    take: () =>
      ids
        .map((id, place) => ({ id, score: scores[place] as number }))
        .toSorted((a, b) => b.score - a.score || a.id - b.id),
  };
}

/** Its root is the worst that is kept. */
interface Heap {
  readonly ids: number[];
  readonly scores: number[];
}

function swap({ ids, scores }: Heap, a: number, b: number): void {
  [ids[a], ids[b]] = [ids[b] as number, ids[a] as number];
  [scores[a], scores[b]] = [scores[b] as number, scores[a] as number];
}

/** Puts the last one into its place. */
function rise(heap: Heap): void {
  const { scores } = heap;
  for (let child = scores.length - 1; child > 0; ) {
    const parent = (child - 1) >> 1;
    if ((scores[parent] as number) <= (scores[child] as number)) return;
    swap(heap, parent, child);
    child = parent;
  }
}

/** Puts the root into its place. */
function sink(heap: Heap): void {
  const { scores } = heap;
  for (let parent = 0; ; ) {
    let least = 2 * parent + 1;
    if (least >= scores.length) return;
    if (least + 1 < scores.length && (scores[least + 1] as number) < (scores[least] as number)) least += 1;
    if ((scores[parent] as number) <= (scores[least] as number)) return;
    swap(heap, parent, least);
    parent = least;
  }
}
