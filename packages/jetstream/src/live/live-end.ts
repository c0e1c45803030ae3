import type { JetstreamError } from '../errors.ts';

/** Why a connection ended. */
export type LiveEndReason =
  | 'stopped' // by close(), or the signal
  | 'backpressure' // by us: nobody took the frames, and servers cut readers that pause
  | 'idle' // by us: no frame for too long
  | 'too_large' // by us: a frame above the limit
  | 'refused' // an HTTP answer instead of the upgrade; `error` says which
  | 'error' // the stream's own last frame; `error` says which
  | 'unreachable' // no connection at all
  | 'broken' // without a close frame
  | 'closed'; // by the server

export interface LiveEnd {
  readonly reason: LiveEndReason;
  /** For people: the server's own words where it had any. */
  readonly detail: string;
  readonly error?: JetstreamError | undefined;
  readonly frames: number;
  readonly lastedMs: number;
}
