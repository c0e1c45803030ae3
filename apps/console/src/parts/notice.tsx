import type { RequestError } from '../data/request.ts';

/** Says that what is shown may be old, or why there is nothing. It goes by itself when the server answers again. */
export function Notice({ error, hasValue }: { error: RequestError | undefined; hasValue: boolean }) {
  return (
    <div role="status" aria-live="polite">
      {error === undefined ? null : (
        <p class="notice">
          <strong>
            <bdi>{error.message}</bdi>
          </strong>{' '}
          {hasValue ? 'What you see is the last answer. ' : ''}
          The page asks again by itself.
        </p>
      )}
    </div>
  );
}
