import { useState } from 'preact/hooks';
import { useAction } from '../../../data/use-action.ts';
import { ActionError } from '../../../parts/action-error.tsx';
import { Button } from '../../../parts/button.tsx';

/** Takes a post or an account out of the feed. */
export function HideForm({ onHide }: { onHide: (subject: string, reason: string) => Promise<void> }) {
  const [subject, setSubject] = useState('');
  const [reason, setReason] = useState('');
  const { run, isBusy, error } = useAction(async () => {
    await onHide(subject.trim(), reason.trim());
    setSubject('');
    setReason('');
  });
  return (
    <form
      class="panel hide-form"
      onSubmit={(event) => {
        event.preventDefault();
        void run();
      }}
    >
      <SubjectField value={subject} onInput={setSubject} />
      <ReasonField value={reason} onInput={setReason} />
      <Button type="submit" isBusy={isBusy} isDisabled={subject.trim() === '' || reason.trim() === ''}>
        Hide
      </Button>
      <ActionError error={error} />
    </form>
  );
}

interface FieldProps {
  readonly value: string;
  readonly onInput: (value: string) => void;
}

function SubjectField({ value, onInput }: FieldProps) {
  return (
    <div class="field">
      <label for="hide-subject">Hide a post or an account</label>
      <input
        id="hide-subject"
        type="text"
        autoComplete="off"
        autoCapitalize="none"
        spellcheck={false}
        maxLength={2_048}
        required
        placeholder="https://bsky.app/profile/…/post/…"
        value={value}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
      <p class="hint">The address of a post or profile at bsky.app, an at-uri, a handle or a DID.</p>
    </div>
  );
}

function ReasonField({ value, onInput }: FieldProps) {
  return (
    <div class="field">
      <label for="hide-reason">Why</label>
      <input
        id="hide-reason"
        type="text"
        maxLength={1_000}
        required
        value={value}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
      <p class="hint">For the feed’s other hosts and moderators.</p>
    </div>
  );
}
