import { adviceFor, type RequestError } from '../../data/request.ts';
import { signInPath } from '../../data/session.tsx';

/** Why a dry run or a start failed, and what to do. */
export function CleanupError({ error }: { error: RequestError | undefined }) {
  return (
    <div role="alert">
      {error === undefined ? null : (
        <p class="notice">
          <strong>
            <bdi>{error.message}</bdi>
          </strong>{' '}
          {error.status === 401 || error.code === 'DeletionsNotAllowed' ? (
            <>
              Nothing was deleted.{' '}
              <a href={signInPath('/console/cleanup', error.status === 403 ? 'cleanup' : 'console')}>
                {error.status === 403 ? 'Give the permission' : 'Sign in again'}: the form waits for you.
              </a>
            </>
          ) : (
            adviceOf(error)
          )}
        </p>
      )}
    </div>
  );
}

function adviceOf(error: RequestError): string {
  if (error.status === 403) return 'Nothing was deleted. Load the page again: somebody else may be signed in by now.';
  if (error.status === 409) return 'Nothing was deleted. Look again, then decide.';
  if (error.status === 502 || error.status === 504)
    return 'It is your account’s own server that fails. Nothing was deleted; try again later.';
  if (error.status === 0) return 'Nothing new was begun unless this page shows a clean-up that runs. Try again.';
  if (error.status >= 500)
    return 'Nothing was deleted unless this page shows a clean-up that runs. Try again in a moment.';
  return adviceFor(error);
}
