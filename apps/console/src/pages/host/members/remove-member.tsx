import { useState } from 'preact/hooks';
import { Confirm } from '../../../parts/confirm.tsx';
import { accountLabel, type Member } from './member.ts';

interface RemoveMemberProps {
  readonly member: Member;
  readonly onClose: () => void;
  readonly remove: (note: string) => Promise<void>;
}

/** Asks before a membership ends, and why. */
export function RemoveMember({ member, onClose, remove }: RemoveMemberProps) {
  const [note, setNote] = useState('');
  return (
    <Confirm
      title="Remove this member?"
      action="Remove"
      isDangerous
      onConfirm={() => remove(note.trim())}
      onClose={onClose}
    >
      <p>
        <bdi>{accountLabel(member)}</bdi> will no longer be a member, and no source lets the account in again. You can
        undo it.
      </p>
      <div class="field">
        <label for="remove-note">Why, for the feed’s other hosts (may stay empty)</label>
        <input
          id="remove-note"
          type="text"
          maxLength={1_000}
          value={note}
          onInput={(event) => setNote(event.currentTarget.value)}
        />
      </div>
    </Confirm>
  );
}
