import { type ErrorClassifier, NotEnoughResourcesError } from '@updraft/service';
import { SetupStoreError, StoreError } from './errors.ts';

/**
 * The HTTP answer for a store that can't answer now: it is away, resets connections, is too slow, or is set up wrongly, which its
 * operator must correct. A refused query is a mistake of ours and stays a 500.
 */
export const storeAnswer: ErrorClassifier = (error) => {
  if (!(error instanceof StoreError) || !(error.shouldRetry() || error instanceof SetupStoreError)) return undefined;
  const message = 'the database does not answer just now';
  return new NotEnoughResourcesError(message, { retryAfterS: 5, cause: error });
};
