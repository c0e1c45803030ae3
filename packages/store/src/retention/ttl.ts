/** The TTL of rows that are kept for ever: the last second of a DateTime. */
const FOREVER = "toDateTime(4294967295, 'UTC')";

/** Rows go whole days after the end of their hour, so that none goes too early. */
function end(days: number | undefined): string {
  return days === undefined
    ? FOREVER
    : `toDateTime(record_hour * 3600 + 3600, 'UTC') + toIntervalDay(${Math.trunc(days)})`;
}

/**
 * The TTL of a table with several kinds of rows, in this order: each kind has its days, undefined for ever. The last kind has no condition: it
 * is every row that no earlier kind matches. It is one expression, since ClickHouse merges two TTLs of as many days into one.
 */
export function ttlSql(kinds: readonly { readonly isOfKind?: string; readonly days: number | undefined }[]): string {
  const branches = kinds.map(({ isOfKind, days }) =>
    isOfKind === undefined ? end(days) : `${isOfKind}, ${end(days)}`,
  );
  return `multiIf(record_hour = 0, ${FOREVER}, ${branches.join(', ')})`;
}

/** The days of each kind, read from the table's engine; empty where it has no TTL. */
export function ttlDays(engineFull: string): (number | undefined)[] {
  const ends = [...engineFull.matchAll(/toIntervalDay\((\d+)\)|toDateTime\(4294967295, 'UTC'\)/g)];
  return ends.slice(1).map(([, days]) => (days === undefined ? undefined : Number(days)));
}
