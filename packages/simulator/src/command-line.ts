import { InvalidArgumentError } from '@commander-js/extra-typings';

/** Ends the program with one line. */
export function fail(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

/** Reads a number that is not negative. @throws InvalidArgumentError */
export function readNumber(text: string): number {
  const value = Number(text);
  if (text !== '' && Number.isFinite(value) && value >= 0) return value;
  throw new InvalidArgumentError('expected a number');
}

/**
 * Starts the program, prints `ready {…}` for the process that started it, and runs until SIGTERM or SIGINT. An error at the start,
 * such as a port in use, gives one line and exit code 1.
 */
export async function announceAndServe(
  start: () => Promise<{ ready: object; close: () => Promise<void> }>,
): Promise<void> {
  const started = await start().catch((error: unknown) => fail(error instanceof Error ? error.message : String(error)));
  process.stdout.write(`ready ${JSON.stringify(started.ready)}\n`);
  const stop = () => {
    void started.close().then(() => process.exit(0));
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}
