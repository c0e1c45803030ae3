import type { DidDirectory } from '@updraft/identity';

/** Looks up, in the background, the handles of accounts that no event has told yet. */
export interface NameFinder {
  /** Asks for an account's handle; the look-up counts against `caller`'s limit. */
  want(did: string, caller: string): void;
}

/** Look-ups that may wait. More are dropped, and asked for again at the next reading. */
const MAX_WAITING = 1_000;

export function createNameFinder(options: {
  dids: DidDirectory;
  /** Keeps a handle that was found, with the moment of the look-up in microseconds. */
  keep: (did: string, handle: string, atMicros: number) => Promise<void>;
  onError: (error: unknown) => void;
}): NameFinder {
  const { dids, keep, onError } = options;
  const waiting = new Map<string, string>();
  let isRunning = false;

  async function run(): Promise<void> {
    for (const [did, caller] of waiting) {
      const atMicros = Date.now() * 1000;
      const answer = await dids.get(did, caller);
      if (answer.kind === 'found' && answer.document.handle !== undefined)
        await keep(did, answer.document.handle, atMicros);
      waiting.delete(did);
    }
  }

  return {
    want: (did, caller) => {
      if (waiting.size < MAX_WAITING) waiting.set(did, caller);
      if (isRunning) return;
      isRunning = true;
      run()
        .catch((error: unknown) => {
          waiting.clear();
          onError(error);
        })
        .finally(() => {
          isRunning = false;
        });
    },
  };
}
