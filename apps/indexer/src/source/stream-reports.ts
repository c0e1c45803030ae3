import type { Cursor } from '@updraft/jetstream';
import type { IngestGapRow } from '@updraft/store';
import type { ComparisonOutcome } from './compare-hosts.ts';
import type { Ended } from './connection.ts';
import type { BlindHost } from './host-watch.ts';

/** What happens to the connection, for logs and metrics. */
export interface ConnectionEvents {
  connecting(host: string, point: Cursor | undefined): void;
  /** `hasSync`: whether the host tells of repositories that diverged, as v2 does. */
  connected(host: string, point: Cursor | undefined, hasSync: boolean): void;
  /** The host says something about the stream: `OutdatedCursor`, `FutureCursor`. */
  info(host: string, name: string, message: string): void;
  /** The server used sequence numbers again for other events. The stretch is read again. */
  wentBack(row: IngestGapRow): void;
  /** The connection, or the try, has ended; `retryInMs` until the next. */
  ended(host: string, end: Ended, retryInMs: number): void;
  /** An event is above the limit of a frame. Called again, with a longer row of the same id, when that is over. */
  leftOut(row: IngestGapRow, isOver: boolean): void;
  /** The host was compared with another one. */
  compared(host: string, other: string, outcome: ComparisonOutcome): void;
  /** The host leaves a collection out, or brings less of it than another. If there is a witness, that host is read from now on, and the stretch read again. */
  blind(row: IngestGapRow, host: string, found: BlindHost): void;
}
