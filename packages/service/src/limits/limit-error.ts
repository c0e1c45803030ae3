import { NotEnoughResourcesError, RateLimitExceededError } from '../http/named-errors.ts';
import { XrpcError } from '../http/xrpc-error.ts';

/** A limit was reached: 429 when it is the caller's own, 503 when it is that of all callers together. */
export class LimitError extends XrpcError {
  override name = 'LimitError';
  readonly whose: 'caller' | 'all';

  /** The message is a sentence for the caller. */
  constructor(whose: 'caller' | 'all', message: string, retryAfterS: number) {
    const { status, error } = whose === 'caller' ? RateLimitExceededError : NotEnoughResourcesError;
    super(status, error, message, { 'retry-after': String(retryAfterS) });
    this.whose = whose;
  }
}
