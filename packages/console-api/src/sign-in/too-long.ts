/** Characters of what is kept of a sign-in or a permission. Real ones have two thousand; servers of strangers say how long they get. */
const MAX_KEPT = 16_384;

export function isTooLong(kept: object): boolean {
  return JSON.stringify(kept).length > MAX_KEPT;
}
