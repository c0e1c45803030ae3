/** How things are begun ahead of their turn, and what becomes of those whose turn never comes. */
export interface Ahead<T, R> {
  start(item: T): Promise<R>;
  drop(result: R): Promise<unknown>;
}

/** Gives what each item becomes, in the order of the items; the next `count` are under way meanwhile. */
export async function* inOrder<T, R>(
  items: readonly T[],
  count: number,
  { start, drop }: Ahead<T, R>,
): AsyncGenerator<R, void, void> {
  const begun: Promise<R>[] = [];
  let next = 0;
  const begin = (): void => {
    for (; next < items.length && begun.length <= count; next++) {
      const result = start(items[next] as T);
      result.catch(() => {}); // it is thrown when its turn comes
      begun.push(result);
    }
  };
  try {
    for (begin(); begun.length > 0; begin()) {
      const result = await begun[0];
      void begun.shift();
      begin();
      yield result as R;
    }
  } finally {
    // A failure of what nobody waits for any more has nobody to be told to: the first one was thrown.
    await Promise.allSettled(begun.map(async (result) => drop(await result)));
  }
}
