/** Does something about each item of a list, a few at once. What `deal` throws ends it. */
export async function forEachOf<T>(
  items: readonly T[],
  atOnce: number,
  deal: (item: T) => Promise<void>,
): Promise<void> {
  const rest = items.values();
  const dealWithRest = async (): Promise<void> => {
    for (const item of rest) await deal(item);
  };
  await Promise.all(Array.from({ length: atOnce }, dealWithRest));
}
