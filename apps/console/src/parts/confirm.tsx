import type { ComponentChildren } from 'preact';
import { useAction } from '../data/use-action.ts';
import { ActionError } from './action-error.tsx';
import { Button } from './button.tsx';
import { Dialog } from './dialog.tsx';

interface ConfirmProps {
  readonly title: string;
  /** The word on the button, such as `Remove`. */
  readonly action: string;
  readonly isDangerous?: boolean;
  /** It closes when this resolves, and says why when it does not. */
  readonly onConfirm: () => Promise<unknown>;
  readonly onClose: () => void;
  /** What will happen. */
  readonly children: ComponentChildren;
}

/** Asks before something is done, and does it. */
export function Confirm({ title, action, isDangerous = false, onConfirm, onClose, children }: ConfirmProps) {
  const { run, isBusy, error } = useAction(async () => {
    await onConfirm();
    onClose();
  });
  return (
    <Dialog title={title} onClose={onClose}>
      <div>{children}</div>
      <ActionError error={error} />
      <div class="actions">
        <Button onClick={onClose}>Back</Button>
        <Button kind={isDangerous ? 'danger' : 'primary'} isBusy={isBusy} onClick={() => void run()}>
          {action}
        </Button>
      </div>
    </Dialog>
  );
}
