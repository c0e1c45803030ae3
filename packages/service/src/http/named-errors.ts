import { type ErrorKind, namedError } from './xrpc-error.ts';

export class InvalidRequestError extends namedError(400, 'InvalidRequest') {}
export class AuthenticationRequiredError extends namedError(401, 'AuthenticationRequired') {}
export class ForbiddenError extends namedError(403, 'Forbidden') {}
export class NotFoundError extends namedError(404, 'NotFound') {}
export class MethodNotAllowedError extends namedError(405, 'MethodNotAllowed') {}
export class ConflictError extends namedError(409, 'Conflict') {}
export class PayloadTooLargeError extends namedError(413, 'PayloadTooLarge') {}
export class UriTooLongError extends namedError(414, 'UriTooLong') {}
export class UnsupportedMediaTypeError extends namedError(415, 'UnsupportedMediaType') {}
export class RateLimitExceededError extends namedError(429, 'RateLimitExceeded') {}
export class InternalServerError extends namedError(500, 'InternalServerError') {}
export class MethodNotImplementedError extends namedError(501, 'MethodNotImplemented') {}
export class UpstreamFailureError extends namedError(502, 'UpstreamFailure') {}
export class NotEnoughResourcesError extends namedError(503, 'NotEnoughResources') {}
export class UpstreamTimeoutError extends namedError(504, 'UpstreamTimeout') {}

/** Any route may answer 503: the database may be away, and handlers have a time limit. */
export const OF_EVERY_ROUTE: readonly ErrorKind[] = [UriTooLongError, InternalServerError, NotEnoughResourcesError];
export const OF_BODIES: readonly ErrorKind[] = [PayloadTooLargeError, UnsupportedMediaTypeError];
