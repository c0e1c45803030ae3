/** Every failure of the protocol; a subclass says what can be done about it. */
export class JetstreamError extends Error {
  override name = 'JetstreamError';
}

/** The host no longer keeps what comes after the cursor: the stretch has to come from the archive. */
export class CursorTooOldError extends JetstreamError {
  override name = 'CursorTooOldError';
}

/** The dictionary is retired: the current one has to be fetched. */
export class UnknownZstdDictionaryError extends JetstreamError {
  override name = 'UnknownZstdDictionaryError';
}

/** The host refuses the request for good: the same request would be refused again. */
export class InvalidRequestError extends JetstreamError {
  override name = 'InvalidRequestError';
}

/** The archive wants an API key, or refuses the one it was given. */
export class UnauthorizedError extends JetstreamError {
  override name = 'UnauthorizedError';
}

/** The host closed the stream since it was read too slowly. */
export class ConsumerTooSlowError extends JetstreamError {
  override name = 'ConsumerTooSlowError';
}

/** The archive has no such segment, block or dictionary. */
export class SegmentNotFoundError extends JetstreamError {
  override name = 'SegmentNotFoundError';
}

/** The host can't answer now (busy, starting up, broken, out of reach): a later try may succeed. */
export class UnavailableError extends JetstreamError {
  override name = 'UnavailableError';
  readonly status: number | undefined;
  /** How long the host asks to wait. */
  readonly retryAfterMs: number | undefined;

  constructor(message: string, options: UnavailableOptions = {}) {
    super(message, { cause: options.cause });
    this.status = options.status;
    this.retryAfterMs = options.retryAfterMs;
  }
}

interface UnavailableOptions {
  readonly status?: number | undefined;
  readonly retryAfterMs?: number | undefined;
  readonly cause?: unknown;
}

/** The archive rewrote the segment while it was read: the reading of this segment has to begin again. */
export class SegmentChangedError extends JetstreamError {
  override name = 'SegmentChangedError';
}

/** A segment's bytes contradict its format or its checksum. */
export class SegmentCorruptError extends JetstreamError {
  override name = 'SegmentCorruptError';
  readonly reason: string;
  /** Where it was found: in the file, or in a block's decoded body when `block` is set. */
  readonly offset: number;
  readonly block: number | undefined;

  constructor(reason: string, offset: number, place: { readonly block?: number; readonly cause?: unknown } = {}) {
    const where = place.block === undefined ? `byte ${offset}` : `byte ${offset} of block ${place.block}`;
    super(`the segment is corrupt at ${where}: ${reason}`, { cause: place.cause });
    this.reason = reason;
    this.offset = offset;
    this.block = place.block;
  }
}
