/**
 * An answer that is an error: HTTP status, the name that clients compare, and a sentence for people. Throw one of its named
 * subclasses.
 * Source: https://atproto.com/specs/xrpc#error-responses
 */
export class XrpcError extends Error {
  override name = 'XrpcError';
  readonly status: number;
  /** The error's name on the wire, such as `UnknownFeed`. */
  readonly error: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    error: string,
    message: string,
    headers: Readonly<Record<string, string>> = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.status = status;
    this.error = error;
    this.headers = headers;
  }
}

/** An error that a route may answer with. */
export interface ErrorKind {
  readonly status: number;
  /** Undefined when another server names it. */
  readonly error: string | undefined;
}

export interface NamedErrorOptions extends ErrorOptions {
  readonly retryAfterS?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A class of errors of one status and one name. */
export interface NamedErrorClass extends ErrorKind {
  readonly error: string;
  /** The message is a sentence for the caller. */
  new (message: string, options?: NamedErrorOptions): XrpcError;
}

/** The base of a named error: `class UnknownFeedError extends namedError(400, 'UnknownFeed') {}` */
export function namedError(status: number, error: string): NamedErrorClass {
  return class extends XrpcError {
    static readonly status = status;
    static readonly error = error;
    override name = error;

    constructor(message: string, { retryAfterS, headers, ...options }: NamedErrorOptions = {}) {
      const retryAfter = retryAfterS === undefined ? {} : { 'retry-after': String(retryAfterS) };
      super(status, error, message, { ...retryAfter, ...headers }, options);
    }
  };
}
