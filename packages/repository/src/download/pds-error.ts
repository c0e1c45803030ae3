/**
 * Why an account's server did not do what it was asked. `unauthorized`: it does not accept the session or the password;
 * `absent`: it does not have the account or the record; `limited`: too many requests; `refused`: it will refuse again;
 * `unavailable`: it did not answer sensibly, and may later.
 */
export type PdsFault = 'unauthorized' | 'absent' | 'limited' | 'refused' | 'unavailable';

/** The caller's user may read the message; it never holds a token or a password. */
export class PdsError extends Error {
  override name = 'PdsError';
  readonly fault: PdsFault;
  /** The error's name on the wire, '' when there was none. */
  readonly error: string;
  /** The status of the answer; undefined when there was no answer. */
  readonly status: number | undefined;
  /** When to ask again, in ms since 1970, if the server said so. */
  readonly retryAtMs: number | undefined;

  constructor(
    fault: PdsFault,
    message: string,
    options: ErrorOptions & { error?: string; status?: number; retryAtMs?: number | undefined } = {},
  ) {
    super(message, options);
    this.fault = fault;
    this.error = options.error ?? '';
    this.status = options.status;
    this.retryAtMs = options.retryAtMs;
  }
}
