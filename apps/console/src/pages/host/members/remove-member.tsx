import { useState } from 'preact/hooks';
import { ActionError, Dialog, useAction } from '../frame/stand-in.tsx';
import { accountLabel, type Member } from './member.ts';

interface RemoveMemberProps {
  readonly member: Member;
  readonly onClose: () => void;
  readonly remove: (note: string) => Promise<void>;
}

/** Asks before a membership ends, and why. */
export function RemoveMember({ member, onClose, remove }: RemoveMemberProps) {
  const [note, setNote] = useState('');
  const { run, isBusy, error } = useAction(() => remove(note.trim()));
  return (
    <Dialog title="Remove this member?" onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void run();
        }}
      >
        <p>
          <bdi>{accountLabel(member)}</bdi> will no longer be a member, and no source lets the account in again. You can
          undo it.
        </p>
        <label class="field">
          Why, for the other hosts (may be left empty)
          <input type="text" maxLength={1_000} value={note} onInput={(event) => setNote(event.currentTarget.value)} />
        </label>
        <ActionError error={error} />
        <div class="buttons">
          <button type="button" onClick={onClose}>
            Keep
          </button>
          <button type="submit" class="grave" disabled={isBusy}>
            Remove
          </button>
        </div>
      </form>
    </Dialog>
  );
}
