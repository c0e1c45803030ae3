const DAY_MS = 86_400_000;

/** Whole days from one moment to another; 0 where it is over. */
export function daysUntil(to: string, from: string): number {
  return Math.max(0, Math.floor((Date.parse(to) - Date.parse(from)) / DAY_MS));
}
