import { createLogger, type Logger } from './logger.ts';
import { SetupError } from './setup-error.ts';

export interface ServiceContext {
  /** Aborts at SIGTERM or SIGINT: finish the work under way, then return. */
  readonly signal: AbortSignal;
  readonly log: Logger;
}

interface RunOptions {
  readonly log?: Logger;
  /** How long `main` may take to return after a signal. Default 15 s. */
  readonly deadlineMs?: number;
}

/**
 * Runs a service as this process: the first SIGTERM or SIGINT aborts the signal, a second one exits at once, as does
 * the deadline. Exit code 0 when `main` returns; 1 when it throws, when the deadline passes, or on anything unhandled.
 * A SetupError is one line on stderr, everything else is logged with its stack.
 */
export async function runService(
  name: string,
  main: (context: ServiceContext) => Promise<void>,
  { log = createLogger({ service: name }), deadlineMs = 15_000 }: RunOptions = {},
): Promise<void> {
  const stop = new AbortController();
  stopOnSignals(stop, log, deadlineMs);
  exitOnUnhandled(log);
  try {
    await main({ signal: stop.signal, log });
    process.exit(0);
  } catch (error) {
    if (stop.signal.aborted && isAbort(error)) process.exit(0);
    report(name, log, error);
    process.exit(1);
  }
}

function stopOnSignals(stop: AbortController, log: Logger, deadlineMs: number): void {
  const onSignal = (name: NodeJS.Signals) => {
    if (stop.signal.aborted) {
      log.warn({ signal: name }, 'second signal: exiting at once');
      process.exit(1);
    }
    log.info({ signal: name }, 'stopping');
    setTimeout(() => {
      log.fatal({ deadlineMs }, 'not stopped within the deadline: exiting');
      process.exit(1);
    }, deadlineMs);
    stop.abort(new DOMException(`stopped by ${name}`, 'AbortError'));
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
}

/** What a wait throws when the signal aborts: its reason, or Node's own error of that name. */
function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}

function exitOnUnhandled(log: Logger): void {
  process.on('uncaughtException', (error, origin) => {
    log.fatal({ err: error, origin }, 'unhandled error: exiting');
    process.exit(1);
  });
  process.on('beforeExit', () => {
    log.fatal('the service waits for something that can no longer happen: exiting');
    process.exit(1);
  });
}

function report(name: string, log: Logger, error: unknown): void {
  if (error instanceof SetupError) process.stderr.write(`${name}: ${error.message}\n`);
  else log.fatal({ err: error }, 'the service failed');
}
