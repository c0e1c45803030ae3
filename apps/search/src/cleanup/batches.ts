import type { Refusal } from './set-aside.ts';

/** The most deletions that a PDS takes in a call. */
export const BATCH_SIZE = 200;
/** A run ends after this many refusals in a row: enough to find single records at both ends of the list. */
const MAX_REFUSALS_IN_A_ROW = 30;
/** Batches become smaller when both halves of a refused batch passed this often: once may be chance. */
const HINTS_NEEDED = 2;

/**
 * Paths cut into batches, sent one at a time. A refused batch is halved until the records that can't be deleted are alone, which
 * takes at most twice the logarithm of the batch's size for each. When both halves of a refused batch pass, batches were too
 * large, and become smaller.
 */
export interface Batches {
  /** The next batch, of at most `room` paths; undefined when none are left. */
  next(room: number): readonly string[] | undefined;
  /** The last batch is deleted. `proven`: records that were refused alone; since the server deletes others, the fault is theirs. */
  passed(): { readonly proven: readonly Refusal[] };
  refused(reason: string): { readonly proven: readonly Refusal[]; readonly isHopeless: boolean };
  /** What was refused alone while nothing else passed: the server may refuse everything. */
  unproven(): readonly Refusal[];
  /** The most that the server takes in a call, as far as is known. */
  size(): number;
}

interface Piece {
  readonly paths: readonly string[];
  readonly pair: Pair | undefined;
}

/** The two halves of a refused batch. */
interface Pair {
  passed: number;
  readonly larger: number;
}

export function createBatches(paths: readonly string[], maxSize: number): Batches {
  const queue = createQueue(paths);
  const limit = createLimit(maxSize);
  const unproven: Refusal[] = [];
  let [refusalsInARow, hasPassed] = [0, false];
  let inHand: Piece = { paths: [], pair: undefined };
  return {
    next: (room) => {
      const piece = queue.take(Math.min(room, limit.size()));
      if (piece !== undefined) inHand = piece;
      return piece?.paths;
    },
    passed: () => {
      [refusalsInARow, hasPassed] = [0, true];
      queue.toFront();
      limit.passed(inHand.pair);
      return { proven: unproven.splice(0) };
    },
    refused: (reason) => {
      refusalsInARow++;
      const [path, ...others] = inHand.paths;
      if (others.length > 0) queue.halve(inHand.paths);
      else if (path !== undefined) unproven.push({ path, reason });
      // The server may refuse a whole collection: the other end of the list is tried before a record is blamed.
      if (others.length === 0 && !hasPassed) queue.turn();
      return { proven: hasPassed ? unproven.splice(0) : [], isHopeless: refusalsInARow >= MAX_REFUSALS_IN_A_ROW };
    },
    unproven: () => unproven,
    size: limit.size,
  };
}

/** Pieces of the list, taken from one end or the other. */
function createQueue(paths: readonly string[]) {
  const pieces: Piece[] = paths.length === 0 ? [] : [{ paths, pair: undefined }];
  let isFromBack = false;
  const put = (...added: Piece[]) => (isFromBack ? pieces.push(...added) : pieces.unshift(...added));
  return {
    take: (size: number): Piece | undefined => {
      const piece = isFromBack ? pieces.pop() : pieces.shift();
      if (piece === undefined || piece.paths.length <= size) return piece;
      const [taken, rest] = isFromBack
        ? [piece.paths.slice(-size), piece.paths.slice(0, -size)]
        : [piece.paths.slice(0, size), piece.paths.slice(size)];
      put({ paths: rest, pair: undefined });
      return { paths: taken, pair: undefined };
    },
    halve: (refused: readonly string[]) => {
      const middle = Math.ceil(refused.length / 2);
      const pair: Pair = { passed: 0, larger: middle };
      put({ paths: refused.slice(0, middle), pair }, { paths: refused.slice(middle), pair });
    },
    turn: () => {
      isFromBack = !isFromBack;
    },
    toFront: () => {
      isFromBack = false;
    },
  };
}

function createLimit(maxSize: number) {
  let [size, hints, largest] = [maxSize, 0, 0];
  return {
    size: () => size,
    passed: (pair: Pair | undefined) => {
      if (pair === undefined || ++pair.passed < 2) return;
      largest = Math.max(largest, pair.larger);
      if (++hints === HINTS_NEEDED) [size, hints, largest] = [Math.min(size, largest), 0, 0];
    },
  };
}
