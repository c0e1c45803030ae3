import { ActionError, useAction } from './stand-in.tsx';

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
              <button type="button" disabled={undo.isBusy} onClick={() => void undo.run()}>
                Undo
              </button>
            )}
            <button type="button" class="plain" onClick={onClose}>
              Close
            </button>
          </>
        )}
      </div>
      <ActionError error={undo.error} />
    </>
  );
}
