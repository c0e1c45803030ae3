import { CommandError } from './run-command.ts';

/**
 * Aborts at SIGINT or SIGTERM, for a command that can end its work in order and then says the sentence. A second signal ends the
 * process at once.
 */
export function stopSignal(sentence: string): AbortSignal {
  const stopping = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => stopping.abort(new CommandError(sentence)));
  return stopping.signal;
}
