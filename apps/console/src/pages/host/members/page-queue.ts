/** A page of a list, and how long the whole list was then. */
export interface ListPage<T> {
  readonly items: readonly T[];
  readonly totalCount: number;
}

export interface PageQueue<T> {
  /** The pages that are looked at now, from 1. Requests for pages that no longer are end. */
  want(pages: readonly number[]): void;
  /** A page as it was last read. */
  page(number: number): readonly T[] | undefined;
  /** Of the newest answer. */
  totalCount(): number | undefined;
  /** Why the last request failed, until one does not. */
  error(): Error | undefined;
  /** Reads again what is looked at; what is known stays until then. */
  reload(): void;
  stop(): void;
}

interface PageQueueOptions<T> {
  /** @throws Error when the page can't be had */
  readonly load: (page: number, signal: AbortSignal) => Promise<ListPage<T>>;
  readonly onChange: () => void;
  /** The most requests at once. */
  readonly atOnce: number;
  /** The most pages to keep; those farthest from what is looked at go first. */
  readonly keep: number;
}

/**
 * The pages of a long list, read as they are looked at. However answers cross, a page holds what its own newest request
 * got. An answer that tells another length of the list makes the other pages old: their items have moved.
 */
export function createPageQueue<T>({ load, onChange, atOnce, keep }: PageQueueOptions<T>): PageQueue<T> {
  const pages = createKnownPages<T>(keep);
  const requests = createRequests(load);
  let wanted: readonly number[] = [];
  let error: Error | undefined;

  const begin = (): void => {
    for (const page of wanted) {
      if (requests.count() >= atOnce || error !== undefined) return;
      if (!pages.isFresh(page) && !requests.has(page)) void run(page);
    }
  };
  const run = async (page: number): Promise<void> => {
    const outcome = await requests.run(page);
    if (outcome === undefined) return;
    if ('answer' in outcome) pages.take(page, outcome.answer, wanted);
    else error = outcome.error;
    begin();
    onChange();
  };
  return {
    want: (looked) => {
      wanted = looked;
      requests.end((page) => !looked.includes(page));
      begin();
    },
    page: pages.get,
    totalCount: pages.totalCount,
    error: () => error,
    reload: () => {
      error = undefined;
      pages.makeOld();
      requests.end(() => true);
      begin();
    },
    stop: () => requests.end(() => true),
  };
}

/** The requests under way, one of a page at the most. */
function createRequests<T>(load: PageQueueOptions<T>['load']) {
  const running = new Map<number, AbortController>();
  return {
    count: () => running.size,
    has: (page: number) => running.has(page),
    /** Undefined when it was ended meanwhile. */
    run: async (page: number): Promise<{ answer: ListPage<T> } | { error: Error } | undefined> => {
      const stop = new AbortController();
      running.set(page, stop);
      const outcome = await load(page, stop.signal).then(
        (answer) => ({ answer }),
        (error: Error) => ({ error }),
      );
      if (stop.signal.aborted) return undefined;
      running.delete(page);
      return outcome;
    },
    end: (isEnded: (page: number) => boolean): void => {
      for (const [page, request] of running)
        if (isEnded(page)) {
          request.abort();
          running.delete(page);
        }
    },
  };
}

/** The pages that are known, and whether they are as the newest answers tell the list. */
function createKnownPages<T>(keep: number) {
  const known = new Map<number, readonly T[]>();
  const fresh = new Set<number>();
  let totalCount: number | undefined;
  return {
    get: (page: number) => known.get(page),
    isFresh: (page: number) => fresh.has(page),
    totalCount: () => totalCount,
    makeOld: () => fresh.clear(),
    take: (page: number, answer: ListPage<T>, wanted: readonly number[]): void => {
      if (totalCount !== answer.totalCount) fresh.clear();
      totalCount = answer.totalCount;
      known.set(page, answer.items);
      fresh.add(page);
      const middle = wanted[Math.floor(wanted.length / 2)] ?? page;
      const byDistance = [...known.keys()].toSorted((a, b) => Math.abs(a - middle) - Math.abs(b - middle));
      for (const far of byDistance.slice(keep)) {
        known.delete(far);
        fresh.delete(far);
      }
    },
  };
}
