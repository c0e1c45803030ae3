import { CommandError } from './run-command.ts';

/**
 * Aborted by SIGINT or SIGTERM, for a command that can end its work in order; the reason is what the command then says. A second signal
 * ends the process at once.
 */
export function stopSignal(sentence: string): AbortSignal {
  const stopping = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => stopping.abort(new CommandError(sentence)));
  return stopping.signal;
}
