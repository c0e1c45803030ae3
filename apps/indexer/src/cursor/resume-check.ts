import type { Cursor, StreamEvent } from '@updraft/jetstream';
import type { IngestGapRow } from '@updraft/store';
import { type ContinuityCheck, createContinuityCheck } from './continuity.ts';
import { type HostPosition, missedRow } from './gap-rows.ts';
import { isSameServer } from './resume-point.ts';
import { eventIdentity, eventMicros } from './tail.ts';

/** Checks whether a resumed stream brings the last events before the break again. */
export function createResumeCheck() {
  let host = '';
  let unmet: HostPosition | undefined;
  let check: ContinuityCheck | undefined;
  return {
    /** A stream opens, behind `last`. A position that the stream before it has not reached is still the one to reach. */
    begin: (last: HostPosition | undefined, nextHost: string, point: Cursor | undefined): void => {
      host = nextHost;
      unmet ??= last;
      if (unmet === undefined) return;
      const sameNumbers = point?.kind === 'seq' && isSameServer(unmet.host, nextHost);
      check = createContinuityCheck({ ...unmet, cursor: sameNumbers ? unmet.cursor : undefined });
    },
    /** Takes the next event. `met`, or a gap's row, when it ends the check. */
    observe: (event: StreamEvent): 'met' | IngestGapRow | undefined => {
      if (check === undefined || unmet === undefined) return undefined;
      const { did, cursor } = event;
      const seen = check.observe({ did, cursor, micros: eventMicros(event), identity: eventIdentity(event) });
      if (seen.state === 'waiting') return undefined;
      const from = unmet;
      check = unmet = undefined;
      return seen.state === 'met' ? 'met' : missedRow(host, from, seen.toMicros);
    },
    isOver: (): boolean => check === undefined,
  };
}
