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

/** The archive has rewritten a segment since it was listed or planned: a new list has its new version. */
export class SegmentChangedError extends JetstreamError {
  override name = 'SegmentChangedError';
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

/** Segments can't be kept in our own folder: it is full, or not ours to write. */
export class ArchiveFolderError extends JetstreamError {
  override name = 'ArchiveFolderError';

  constructor(cause: unknown) {
    super(`ARCHIVE_FOLDER can't be used: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

/** A segment's bytes contradict its format or its checksum. */
export class SegmentCorruptError extends JetstreamError {
  override name = 'SegmentCorruptError';
  readonly reason: string;
  /** Where it was found: in the file, or in a block's decoded body when `block` is set. */
  readonly offset: number;
  readonly block: number | undefined;
  /** The name of the segment, where it is known. */
  readonly segment: string | undefined;

  constructor(reason: string, offset: number, place: CorruptPlace = {}) {
    const { block, segment } = place;
    const where = block === undefined ? `byte ${offset}` : `byte ${offset} of block ${block}`;
    const which = segment === undefined ? 'the segment' : `the segment ${segment}`;
    super(`${which} is corrupt at ${where}: ${reason}`, { cause: place.cause });
    this.reason = reason;
    this.offset = offset;
    this.block = block;
    this.segment = segment;
  }

  /** The same error of a segment that has a name. */
  of(segment: string): SegmentCorruptError {
    return new SegmentCorruptError(this.reason, this.offset, { block: this.block, segment, cause: this.cause });
  }
}

interface CorruptPlace {
  readonly block?: number | undefined;
  readonly segment?: string | undefined;
  readonly cause?: unknown;
}
