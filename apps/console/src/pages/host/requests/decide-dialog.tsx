import { useState } from 'preact/hooks';
import { formatCount } from '../../../data/format.ts';
import { Button } from '../../../parts/button.tsx';
import { Dialog } from '../../../parts/dialog.tsx';
import { accountLabel } from '../members/member.ts';
import { ACTIONS, type Action } from './actions.ts';
import type { MemberRequest } from './use-requests.ts';

interface DecideDialogProps {
  readonly requests: readonly MemberRequest[];
  readonly actions: readonly Action[];
  readonly onClose: () => void;
  readonly onDecide: (action: Action, note: string) => void;
}

/** Decides with a note, which replaces the one before. */
export function DecideDialog({ requests, actions, onClose, onDecide }: DecideDialogProps) {
  const [first] = requests;
  const isOne = requests.length === 1 && first !== undefined;
  const [note, setNote] = useState(isOne ? first.note.slice(0, 1_000) : '');
  return (
    <Dialog
      title={isOne ? `About ${accountLabel(first)}` : `About ${formatCount(requests.length)} accounts`}
      onClose={onClose}
    >
      <div class="field">
        <label for="decide-note">A note for the feed’s other hosts and moderators</label>
        <textarea
          id="decide-note"
          rows={4}
          maxLength={1_000}
          dir="auto"
          value={note}
          onInput={(event) => setNote(event.currentTarget.value)}
        />
        <p class="hint">It replaces the note before.</p>
      </div>
      <div class="actions">
        <Button onClick={onClose}>Back</Button>
        {actions.map((action) => (
          <Button
            key={action}
            kind={action === 'note' ? 'primary' : 'plain'}
            onClick={() => {
              onDecide(action, note.trim());
              onClose();
            }}
          >
            {action === 'note' ? 'Only note' : ACTIONS[action].title}
          </Button>
        ))}
      </div>
    </Dialog>
  );
}
