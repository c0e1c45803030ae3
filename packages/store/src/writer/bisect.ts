/** When more rows than these are refused and none is taken, the fault is not in single rows. */
const MAX_REFUSED_AT_FIRST = 16;
/** At most this many rows are set aside from one block. */
const MAX_REFUSED = 1_000;

/**
 * Finds the rows that are refused alone, by halving: about 2·log2(n) tries for one row. `whole` is the refusal of
 * rows 0 … rows - 1; `refusal` tries a range and gives its refusal, or undefined when the range was taken. Gives the
 * refusals by row, or 'all' when no row is taken or too many are refused: then single rows are not the reason.
 */
export async function bisect<Refusal>(
  rows: number,
  whole: Refusal,
  refusal: (from: number, to: number) => Promise<Refusal | undefined>,
): Promise<ReadonlyMap<number, Refusal> | 'all'> {
  const refused = new Map<number, Refusal>();
  let taken = 0;
  // The ranges known to be refused, the leftmost last.
  const stack = [{ from: 0, to: rows, error: whole }];
  for (let range = stack.pop(); range !== undefined; range = stack.pop()) {
    const { from, to, error } = range;
    if (to - from === 1) {
      refused.set(from, error);
      if (refused.size > (taken === 0 ? MAX_REFUSED_AT_FIRST : MAX_REFUSED)) return 'all';
      continue;
    }
    const middle = (from + to) >>> 1;
    const right = await refusal(middle, to);
    if (right === undefined) taken += to - middle;
    else stack.push({ from: middle, to, error: right });
    const left = await refusal(from, middle);
    if (left === undefined) taken += middle - from;
    else stack.push({ from, to: middle, error: left });
  }
  return taken === 0 ? 'all' : refused;
}
