import type { ComponentChildren } from 'preact';
import { adviceFor, type RequestError } from '../../data/request.ts';
import { signInPath } from '../../data/session.tsx';
import { ActionError } from '../../parts/action-error.tsx';

/** Why a dry run or a start failed, and what to do. */
export function CleanupError({ error }: { error: RequestError | undefined }) {
  return <ActionError error={error} advise={adviceOf} />;
}

function adviceOf(error: RequestError): ComponentChildren {
  if (error.status === 401 || error.code === 'DeletionsNotAllowed')
    return (
      <>
        Nothing was deleted.{' '}
        <a href={signInPath('/console/cleanup', error.status === 403 ? 'cleanup' : 'console')}>
          {error.status === 403 ? 'Give the permission' : 'Sign in again'}: the form waits for you.
        </a>
      </>
    );
  if (error.status === 403) return 'Nothing was deleted. Load the page again: somebody else may be signed in by now.';
  if (error.status === 409) return 'Nothing was deleted. Look again, then decide.';
  if (error.status === 502 || error.status === 504)
    return 'It is your account’s own server that fails. Nothing was deleted; try again later.';
  if (error.status === 0) return 'Nothing new was begun unless this page shows a clean-up that runs. Try again.';
  if (error.status >= 500)
    return 'Nothing was deleted unless this page shows a clean-up that runs. Try again in a moment.';
  return adviceFor(error);
}
