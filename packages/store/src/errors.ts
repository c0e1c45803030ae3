/**
 * The store's errors. They are made from ClickHouse's code numbers and Node's error codes, never from a text, and keep
 * what they were made from as `cause`.
 */
export abstract class StoreError extends Error {
  /** ClickHouse's code number (its ErrorCodes.cpp), or Node's code such as ECONNREFUSED. */
  readonly code: number | string | undefined;

  constructor(message: string, options: { cause?: unknown; code?: number | string | undefined } = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.name = new.target.name;
    this.code = options.code;
  }

  /** Whether the same call may succeed later without anybody changing anything but the server's state. */
  abstract shouldRetry(): boolean;
}

/** The server can't be reached, or the connection broke: whether the call took effect is unknown. */
export class ConnectionError extends StoreError {
  override shouldRetry(): boolean {
    return true;
  }
}

/** No answer within the call's time: whether it took effect is unknown. */
export class TimeoutError extends StoreError {
  override shouldRetry(): boolean {
    return true;
  }
}

/** The server answers, but can't do it now: too many parts, memory limit, read-only, shutting down, a table that is not there (yet), … */
export class UnavailableError extends StoreError {
  override shouldRetry(): boolean {
    return true;
  }
}

/** The server refuses the data themselves; they will be refused again. */
export class RefusedDataError extends StoreError {
  override shouldRetry(): boolean {
    return false;
  }
}

/** The server refuses the query: a mistake in our SQL or a limit of the caller's. */
export class RefusedQueryError extends StoreError {
  override shouldRetry(): boolean {
    return false;
  }
}

/** The query would read more than its caller allows. */
export class OverBudgetError extends RefusedQueryError {}

/** Address, user, password or database are wrong: one clear sentence, for the person who sets them. */
export class SetupStoreError extends StoreError {
  override shouldRetry(): boolean {
    return false;
  }
}

/** The migrations can't go on; the message says what to do. */
export class MigrationError extends StoreError {
  override shouldRetry(): boolean {
    return false;
  }
}

/** An answer has other columns or values than its reader expects: a mistake in our SQL, or a table that isn't ours. */
export class AnswerFault extends StoreError {
  override shouldRetry(): boolean {
    return false;
  }
}

/** A row that doesn't fit its table's columns, found before anything was sent. */
export class RowFault extends RefusedDataError {
  readonly table: string;
  readonly field: string;

  constructor(table: string, field: string, expected: string, value: unknown) {
    super(`${table}.${field}: expected ${expected}, got ${shown(value)}`);
    this.table = table;
    this.field = field;
  }
}

const SHOWN_CHARACTERS = 80;

function shown(value: unknown): string {
  if (typeof value === 'string') return `a string of ${value.length} characters`;
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'an array' : 'an object';
  return String(value).slice(0, SHOWN_CHARACTERS);
}
