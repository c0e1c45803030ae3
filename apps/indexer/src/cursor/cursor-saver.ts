import { inSameTrace, inSpan } from '@updraft/service';
import type { CursorStore, Progress } from '@updraft/store';

/**
 * Saves cursors while the next batch is written, one at a time; of several that wait, only the last. One that failed, or that Redis has not
 * got, is tried again until a later one is offered: on a quiet stream none may come for long. Dispose it when nothing is to be tried any more.
 */
export interface CursorSaver extends Disposable {
  /** Everything up to this progress is acknowledged. */
  offer(progress: Progress): void;
  /** Resolves when the last progress is saved. One that failed is tried once more. @throws StoreError when that fails too. */
  settle(): Promise<void>;
}

export interface CursorSaverOptions {
  readonly cursor: Pick<CursorStore, 'save'>;
  /** Between two tries to save the same; default 5 s. */
  readonly againMs?: number | undefined;
  onSaved(progress: Progress): void;
  /** Nothing stops for it: a later save is ahead of it, and a restart begins earlier. */
  onFailed(error: unknown): void;
}

interface Saving {
  readonly progress: Progress;
  save(): Promise<boolean>;
}

export function createCursorSaver({ cursor, againMs = 5_000, onSaved, onFailed }: CursorSaverOptions): CursorSaver {
  const last = createLastSave({ onSaved, onFailed });
  let waiting: Saving | undefined;
  let saving: Promise<void> | undefined;
  let again: NodeJS.Timeout | undefined;
  let isOver = false;

  const saveAll = async (): Promise<void> => {
    for (let next = waiting; next !== undefined; next = waiting) {
      const tried = next;
      waiting = undefined;
      const isInBoth = await last.tried(tried);
      if (!isInBoth && !isOver && waiting === undefined) again = setTimeout(() => start(tried), againMs);
    }
    saving = undefined;
  };
  const start = (next: Saving): void => {
    clearTimeout(again);
    waiting = next;
    saving ??= saveAll();
  };
  const end = (): void => {
    isOver = true;
    clearTimeout(again);
  };
  return {
    // It belongs to the trace of its batch, though it may be saved during another one.
    offer: (progress) =>
      start({ progress, save: inSameTrace(() => inSpan('save cursor', {}, () => cursor.save(progress))) }),
    settle: async () => {
      end();
      await saving;
      const failed = last.failed();
      if (failed !== undefined) await cursor.save(failed);
    },
    [Symbol.dispose]: end,
  };
}

function createLastSave({ onSaved, onFailed }: Pick<CursorSaverOptions, 'onSaved' | 'onFailed'>) {
  let failed: Progress | undefined;
  return {
    /** Set while the last save has failed. */
    failed: () => failed,
    /** Gives whether both stores have it now. */
    tried: async ({ progress, save }: Saving): Promise<boolean> => {
      try {
        const isInBoth = await save();
        failed = undefined;
        onSaved(progress);
        return isInBoth;
      } catch (error) {
        failed = progress;
        onFailed(error);
        return false;
      }
    },
  };
}
