import { useAction } from '../../../data/use-action.ts';
import { ActionError } from '../../../parts/action-error.tsx';
import { Button } from '../../../parts/button.tsx';

export interface ToastMessage {
  readonly text: string;
  /** Makes undone what the text tells. */
  readonly undo?: () => Promise<unknown>;
}

/** What was just done. It stays until it is closed or something else is done: nobody has to be quick. */
export function Toast({ message, onClose }: { message: ToastMessage | undefined; onClose: () => void }) {
  const undo = useAction(async () => message?.undo?.());
  return (
    <>
      <div role="status" class={message === undefined ? undefined : 'toast'}>
        {message === undefined ? null : (
          <>
            <bdi>{message.text}</bdi>
            {message.undo === undefined ? null : (
              <Button isBusy={undo.isBusy} onClick={() => void undo.run()}>
                Undo
              </Button>
            )}
            <Button kind="quiet" onClick={onClose}>
              Close
            </Button>
          </>
        )}
      </div>
      <ActionError error={undo.error} />
    </>
  );
}
