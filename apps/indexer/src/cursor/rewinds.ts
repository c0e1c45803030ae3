import type { Cursor } from '@updraft/jetstream';
import { TAIL_EVENTS } from './tail.ts';

/**
 * How far a resume goes back.
 * - unclean: so far that what a killed server numbers anew is read again from before it.
 * - clean: the connection was ended by us. A few events, to be recognised.
 * - none: from the last event on.
 */
export type Rewind = 'unclean' | 'clean' | 'none';

/** A server that was killed may use up to 4,096 sequence numbers again. To read twice costs nothing. */
export const REWIND_SEQS = 8_192;

/** Keeps a host that hangs up again and again from being read in the same place for ever. */
export function createRewinds() {
  let opened: number | undefined;
  let readAgainTo = Number.NEGATIVE_INFINITY;
  return {
    seqsOf: (rewind: Rewind, cursor: number | undefined): number => {
      if (rewind === 'none') return 0;
      const isNew = cursor !== undefined && cursor - readAgainTo >= REWIND_SEQS;
      return rewind === 'unclean' && isNew ? REWIND_SEQS : TAIL_EVENTS;
    },
    /** A stream has opened; `last`: where the one before was. */
    resumed: (last: number | undefined, point: Cursor | undefined): void => {
      const isFar = point?.kind === 'seq' && last !== undefined && last - point.seq > TAIL_EVENTS;
      opened = isFar ? last : undefined;
    },
    /** An event has come. */
    observed: (): void => {
      if (opened === undefined) return;
      readAgainTo = opened;
      opened = undefined;
    },
  };
}
