/** Deeper than any record of the network; JSON.stringify and every other recursion is safe up to here. */
export const MAX_JSON_DEPTH = 512;

/** Whether a value from JSON.parse has more levels of arrays and objects. JSON.parse itself takes any number of them. */
export function isTooDeep(value: unknown, maxDepth = MAX_JSON_DEPTH): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (maxDepth === 0) return true;
  for (const child of Object.values(value)) if (isTooDeep(child, maxDepth - 1)) return true;
  return false;
}
