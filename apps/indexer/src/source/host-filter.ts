/** Parameters of either protocol that leave events out. */
const FILTERS = ['wantedCollections', 'wantedDids', 'collections', 'dids', 'kinds'];

/** Whether a host is asked for everything: an address may have a filter of its own. */
export function asksForAll(address: string): boolean {
  const { searchParams } = new URL(address);
  return !FILTERS.some((name) => searchParams.has(name));
}
