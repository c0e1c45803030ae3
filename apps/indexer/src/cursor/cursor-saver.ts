import { inSameTrace, inSpan } from '@updraft/service';
import type { CursorStore, Progress } from '@updraft/store';

/** Saves cursors while the next batch is written, one at a time; of several that wait, only the last. */
export interface CursorSaver {
  /** Everything up to this progress is acknowledged. */
  offer(progress: Progress): void;
  /** Resolves when the last progress is saved. One that failed is tried once more. @throws StoreError when that fails too. */
  settle(): Promise<void>;
}

export interface CursorSaverOptions {
  readonly cursor: Pick<CursorStore, 'save'>;
  onSaved(progress: Progress): void;
  /** Nothing stops for it: the next save is ahead of it, and a restart begins earlier. */
  onFailed(error: unknown): void;
}

export function createCursorSaver({ cursor, onSaved, onFailed }: CursorSaverOptions): CursorSaver {
  let waiting: Saving | undefined;
  let failed: Progress | undefined;
  let saving: Promise<void> | undefined;

  const saveAll = async (): Promise<void> => {
    for (let next = waiting; next !== undefined; next = waiting) {
      const { progress, save } = next;
      waiting = undefined;
      try {
        await save();
        failed = undefined;
        onSaved(progress);
      } catch (error) {
        failed = progress;
        onFailed(error);
      }
    }
    saving = undefined;
  };
  return {
    offer: (progress) => {
      // It belongs to the trace of its batch, though it may be saved during another one.
      waiting = { progress, save: inSameTrace(() => inSpan('save cursor', {}, () => cursor.save(progress))) };
      saving ??= saveAll();
    },
    settle: async () => {
      await saving;
      if (failed !== undefined) await cursor.save(failed);
    },
  };
}

interface Saving {
  readonly progress: Progress;
  save(): Promise<void>;
}
