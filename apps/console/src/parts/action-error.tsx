import { adviceFor, type RequestError } from '../data/request.ts';

/** Why something that was asked for was not done, and what to do about it. */
export function ActionError({ error }: { error: RequestError | undefined }) {
  return (
    <div role="alert">
      {error === undefined ? null : (
        <p class="notice">
          <strong>
            <bdi>{error.message}</bdi>
          </strong>{' '}
          {adviceFor(error)}
        </p>
      )}
    </div>
  );
}
