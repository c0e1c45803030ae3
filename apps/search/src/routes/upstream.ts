import { AccountError } from '@updraft/identity';
import { PdsError, type PdsFault, RepositoryError } from '@updraft/repository';
import {
  AuthenticationRequiredError,
  type ErrorClassifier,
  type ErrorKind,
  type NamedErrorClass,
  NotEnoughResourcesError,
  NotFoundError,
  RateLimitExceededError,
  UpstreamFailureError,
  UpstreamTimeoutError,
  XrpcError,
} from '@updraft/service';
import { LikesUnavailableError } from '../cleanup/count-likes.ts';

/** The errors of a route that asks an account's own server. That server names the errors for what it does not have. */
export const UPSTREAM_ERRORS: readonly ErrorKind[] = [
  AuthenticationRequiredError,
  NotFoundError,
  { status: 404, error: undefined },
  RateLimitExceededError,
  UpstreamFailureError,
  UpstreamTimeoutError,
];

/** The answer to our caller for a fault of another server or of a repository. */
export const upstreamAnswer: ErrorClassifier = (error) => {
  if (!(error instanceof Error)) return undefined;
  const { message } = error;
  if (error instanceof AccountError) {
    return error.fault === 'unknown'
      ? new NotFoundError(message, { cause: error })
      : new NotEnoughResourcesError(message, { retryAfterS: 30, cause: error });
  }
  if (error instanceof PdsError) {
    const Named = ANSWERS[error.fault];
    return error.fault === 'absent' && error.error !== ''
      ? new XrpcError(Named.status, error.error, message, {}, { cause: error })
      : new Named(message, { cause: error });
  }
  if (error instanceof RepositoryError) return new UpstreamFailureError(message, { cause: error });
  if (error instanceof LikesUnavailableError)
    return new NotEnoughResourcesError(message, { retryAfterS: 60, cause: error });
  if (error instanceof DOMException && error.name === 'TimeoutError')
    return new UpstreamTimeoutError('this took too long', { cause: error });
  return undefined;
};

const ANSWERS: Readonly<Record<PdsFault, NamedErrorClass>> = {
  unauthorized: AuthenticationRequiredError,
  absent: NotFoundError,
  limited: NotEnoughResourcesError,
  refused: UpstreamFailureError,
  unavailable: UpstreamFailureError,
};
