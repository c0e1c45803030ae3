import type { SessionView, StartedCleanup } from '@updraft/console-api/views';
import { formatCount, formatTime } from '../../data/format.ts';
import type { RequestError } from '../../data/request.ts';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { CleanupError } from './cleanup-error.tsx';
import { recordsOf, TYPE_WORDS, TYPES } from './cleanup-words.ts';

interface AskOnceMoreProps {
  readonly found: StartedCleanup;
  readonly session: SessionView;
  readonly start: () => void;
  /** Also stops a start that is under way. */
  readonly close: () => void;
  readonly lookAgain: () => void;
  readonly isBusy: boolean;
  readonly error: RequestError | undefined;
}

/** Asks whether to delete: of whom, which kinds, how many of each, from before when. */
export function AskOnceMore({ found, session, start, close, lookAgain, isBusy, error }: AskOnceMoreProps) {
  const records = recordsOf(found.num_enqueued);
  const { num_by_type: counts, delete_older_than: before = '' } = found;
  return (
    <Dialog title={`Delete ${records}?`} onClose={close}>
      <p>
        Of <bdi class="strong">{session.handle === '' ? session.did : `@${session.handle}`}</bdi>, made before{' '}
        {formatTime(before)}:
      </p>
      <ul>
        {TYPES.filter((type) => (counts?.[type] ?? 0) > 0).map((type) => (
          <li key={type}>
            {formatCount(counts?.[type] ?? 0)} {TYPE_WORDS[type].title.toLowerCase()}
          </li>
        ))}
      </ul>
      <p>They go for good. You can stop the clean-up while it runs; what is deleted by then stays deleted.</p>
      <CleanupError error={error} />
      <p role="status" class="quiet">
        {isBusy ? 'Your repository is read once more. If there is more to delete by now, nothing begins.' : ''}
      </p>
      <div class="actions">
        <Button onClick={close}>{isBusy ? 'Stop' : 'Back'}</Button>
        {error?.status === 409 ? (
          <Button kind="primary" onClick={lookAgain}>
            Look again
          </Button>
        ) : (
          <Button kind="danger" isBusy={isBusy} onClick={start}>
            {isBusy ? 'Beginning …' : `Delete ${records}`}
          </Button>
        )}
      </div>
    </Dialog>
  );
}
