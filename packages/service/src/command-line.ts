import { type ParseArgsConfig, parseArgs } from 'node:util';
import { SetupError } from './setup-error.ts';

/**
 * Node's parseArgs, whose faults are a sentence for people.
 * @throws SetupError
 */
export function parseCommandLine<T extends ParseArgsConfig>(config: T): ReturnType<typeof parseArgs<T>> {
  try {
    return parseArgs(config);
  } catch (error) {
    if (!isFault(error)) throw error;
    // the rest is advice about arguments that begin with a dash
    throw new SetupError(error.message.split(/\. To specify|\.?\n/)[0] ?? error.message, { cause: error });
  }
}

function isFault(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS_');
}
