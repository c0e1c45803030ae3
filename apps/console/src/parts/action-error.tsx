import type { ComponentChildren } from 'preact';
import { adviceFor, type RequestError } from '../data/request.ts';

interface ActionErrorProps {
  readonly error: RequestError | undefined;
  /** What to do about it. */
  readonly advise?: (error: RequestError) => ComponentChildren;
}

/** Why something that was asked for was not done, and what to do about it. */
export function ActionError({ error, advise = adviceFor }: ActionErrorProps) {
  return (
    <div role="alert">
      {error === undefined ? null : (
        <p class="notice">
          <strong>
            <bdi>{error.message}</bdi>
          </strong>{' '}
          {advise(error)}
        </p>
      )}
    </div>
  );
}
