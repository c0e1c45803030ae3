import type { SessionView } from '@updraft/console-api/views';

type Known = Pick<SessionView, 'did' | 'csrfToken'> | undefined;

/**
 * The token to repeat a refused change with: that of the session which another tab has begun since. Undefined where there is none, and where
 * that session is of another account: what was clicked on was meant in the name of the one that this page shows.
 */
export function retryToken(shown: Known, fresh: Known): string | undefined {
  if (shown === undefined || fresh?.did !== shown.did) return undefined;
  return fresh.csrfToken === shown.csrfToken ? undefined : fresh.csrfToken;
}
