import { namedError } from './xrpc-error.ts';

export class InvalidRequestError extends namedError(400, 'InvalidRequest') {}
export class AuthenticationRequiredError extends namedError(401, 'AuthenticationRequired') {}
export class ForbiddenError extends namedError(403, 'Forbidden') {}
export class NotFoundError extends namedError(404, 'NotFound') {}
export class MethodNotAllowedError extends namedError(405, 'MethodNotAllowed') {}
export class PayloadTooLargeError extends namedError(413, 'PayloadTooLarge') {}
export class UriTooLongError extends namedError(414, 'UriTooLong') {}
export class UnsupportedMediaTypeError extends namedError(415, 'UnsupportedMediaType') {}
export class RateLimitExceededError extends namedError(429, 'RateLimitExceeded') {}
export class InternalServerError extends namedError(500, 'InternalServerError') {}
export class MethodNotImplementedError extends namedError(501, 'MethodNotImplemented') {}
export class UpstreamFailureError extends namedError(502, 'UpstreamFailure') {}
export class NotEnoughResourcesError extends namedError(503, 'NotEnoughResources') {}
export class UpstreamTimeoutError extends namedError(504, 'UpstreamTimeout') {}

/** What an error of this status is called where nothing more precise is known; the protocol's names where it has one. */
export function errorName(status: number): string {
  return NAMES.get(status) ?? (status >= 500 ? InternalServerError.error : InvalidRequestError.error);
}

const NAMES: ReadonlyMap<number, string> = new Map([
  ...[
    AuthenticationRequiredError,
    ForbiddenError,
    NotFoundError,
    MethodNotAllowedError,
    PayloadTooLargeError,
    UriTooLongError,
    UnsupportedMediaTypeError,
    RateLimitExceededError,
    MethodNotImplementedError,
    UpstreamFailureError,
    NotEnoughResourcesError,
    UpstreamTimeoutError,
  ].map(({ status, error }) => [status, error] as const),
  [406, 'NotAcceptable'],
  [408, 'RequestTimeout'],
  [431, 'HeadersTooLarge'],
]);
