/** Hours that are copied at once, and one of `parts` parts of the keys in them. */
export interface Slice {
  readonly from: number;
  readonly to: number;
  readonly parts: number;
  readonly part: number;
  readonly rows: number;
}

export interface HourRows {
  readonly hour: number;
  readonly rows: number;
}

const LAST_HOUR = 2 ** 32 - 1;

/**
 * Slices of about `size` rows over all hours below `below`, newest first. Hour 0 has all keys without a time and is a slice of its own. An hour
 * of more rows is cut by keys. Rows that are written to it meanwhile change the cut, so its parts are begun again together.
 */
export function planSlices(hours: readonly HourRows[], size: number, below: number = LAST_HOUR + 1): Slice[] {
  const slices: Slice[] = [];
  let to = below - 1;
  let rows = 0;
  const cut = (from: number): void => {
    const parts = Math.max(1, Math.ceil(rows / (2 * size)));
    for (let part = 0; part < parts; part++) slices.push({ from, to, parts, part, rows: rows / parts });
    to = from - 1;
    rows = 0;
  };
  const newestFirst = hours.filter(({ hour }) => hour < below).toSorted((a, b) => b.hour - a.hour);
  for (const [index, { hour, rows: ofHour }] of newestFirst.entries()) {
    const newer = newestFirst[index - 1];
    if (newer !== undefined && rows > 0 && (hour === 0 || rows + ofHour > size)) cut(newer.hour);
    rows += ofHour;
  }
  if (rows > 0) cut(0);
  return slices;
}
