import { NotEnoughResourcesError, RateLimitExceededError } from '../http/named-errors.ts';
import { XrpcError } from '../http/xrpc-error.ts';

/** A bound that was reached: 429 for the caller's own excess, 503 where everybody together asks too much. */
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
