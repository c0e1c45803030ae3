import { OAuthResponseError } from '@atproto/oauth-client-node';
import { ResolutionError } from '@updraft/identity';
import { StoreError } from '@updraft/store';
import { ServerUnreachableError } from '../oauth/oauth-clients.ts';

/** Whether something that a sign-in needs was away, and may be back later. */
export function isUnreachable(error: unknown): boolean {
  if (error instanceof OAuthResponseError) return error.status >= 500;
  if (error instanceof DOMException) return error.name === 'TimeoutError' || error.name === 'AbortError';
  if ([ServerUnreachableError, ResolutionError, StoreError].some((kind) => error instanceof kind)) return true;
  return error instanceof Error && error.cause !== undefined && isUnreachable(error.cause);
}
