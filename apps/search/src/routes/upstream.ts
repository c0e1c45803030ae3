import { errorName, XrpcError } from '@updraft/service';
import { AccountError } from '../accounts.ts';
import { LikesError } from '../cleanup/count-likes.ts';
import { PdsError, type PdsFault } from '../pds/pds-error.ts';
import { RepositoryError } from '../repository/repository-error.ts';

/** What somebody else's server or repository did, as an answer to our caller; other errors stay what they are. */
export function toAnswer(error: unknown): unknown {
  if (error instanceof AccountError) {
    return error.fault === 'unknown'
      ? new XrpcError(404, 'NotFound', error.message, {}, { cause: error })
      : new XrpcError(503, 'NotEnoughResources', error.message, { 'retry-after': '30' }, { cause: error });
  }
  if (error instanceof PdsError) {
    const status = STATUS[error.fault];
    const name = error.fault === 'absent' && error.error !== '' ? error.error : errorName(status);
    return new XrpcError(status, name, error.message, {}, { cause: error });
  }
  if (error instanceof RepositoryError)
    return new XrpcError(502, 'UpstreamFailure', error.message, {}, { cause: error });
  if (error instanceof LikesError) {
    return new XrpcError(503, 'NotEnoughResources', error.message, { 'retry-after': '60' }, { cause: error });
  }
  if (error instanceof DOMException && error.name === 'TimeoutError') {
    return new XrpcError(504, 'UpstreamTimeout', 'this took too long', {}, { cause: error });
  }
  return error;
}

const STATUS: Readonly<Record<PdsFault, number>> = {
  unauthorized: 401,
  absent: 404,
  limited: 503,
  refused: 502,
  unavailable: 502,
};
