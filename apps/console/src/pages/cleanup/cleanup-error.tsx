import { adviceFor, type RequestError } from '../../data/request.ts';
import { signInPath } from '../../data/session.tsx';

interface CleanupErrorProps {
  readonly error: RequestError | undefined;
  /** Called before the page is left to sign in. */
  readonly onPermission: () => void;
}

/** Why a dry run or a start failed, and what to do. */
export function CleanupError({ error, onPermission }: CleanupErrorProps) {
  return (
    <div role="alert">
      {error === undefined ? null : (
        <p class="notice">
          <strong>
            <bdi>{error.message}</bdi>
          </strong>{' '}
          {error.status === 401 || error.status === 403 ? (
            <a
              href={signInPath('/console/cleanup', error.status === 403 ? 'cleanup' : 'console')}
              onClick={onPermission}
            >
              Sign in again: the form waits for you.
            </a>
          ) : (
            adviceOf(error)
          )}
        </p>
      )}
    </div>
  );
}

function adviceOf(error: RequestError): string {
  if (error.status === 409) return 'Nothing was deleted. Look again, then decide.';
  if (error.status === 502 || error.status === 504)
    return 'It is your account’s own server that fails. Nothing was deleted; try again later.';
  if (error.status === 0) return 'Nothing new was begun unless this page shows a clean-up that runs. Try again.';
  return adviceFor(error);
}
