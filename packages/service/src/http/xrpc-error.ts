/**
 * An answer that is an error: HTTP status, the name that clients look at, and a sentence for people.
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
    error: string = errorName(status),
    message: string = error,
    headers: Readonly<Record<string, string>> = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.status = status;
    this.error = error;
    this.headers = headers;
  }
}

/** What an error of this status is called where nothing more precise is known; the protocol's names where it has one. */
export function errorName(status: number): string {
  return NAMES[status] ?? (status >= 500 ? 'InternalServerError' : 'InvalidRequest');
}

const NAMES: Readonly<Record<number, string>> = {
  400: 'InvalidRequest',
  401: 'AuthenticationRequired',
  403: 'Forbidden',
  404: 'NotFound',
  405: 'MethodNotAllowed',
  406: 'NotAcceptable',
  408: 'RequestTimeout',
  413: 'PayloadTooLarge',
  414: 'UriTooLong',
  415: 'UnsupportedMediaType',
  429: 'RateLimitExceeded',
  431: 'HeadersTooLarge',
  500: 'InternalServerError',
  501: 'MethodNotImplemented',
  502: 'UpstreamFailure',
  503: 'NotEnoughResources',
  504: 'UpstreamTimeout',
};
