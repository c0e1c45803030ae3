import { type DestinationStream, type Logger, pino, stdSerializers, stdTimeFunctions } from 'pino';
import type { LogLevel } from './environment/log-level.ts';
import { createHumanLines } from './human-lines.ts';
import { traceFields } from './telemetry/log-fields.ts';

export type { Logger } from 'pino';

export interface LoggerOptions {
  /** A field of each line. */
  readonly service: string;
  /** Default 'info'. */
  readonly level?: LogLevel;
  /** One short line for people instead of JSON; default: when stdout is a terminal. */
  readonly pretty?: boolean;
  /** Default: stdout, written synchronously, so that the last lines of a dying process are not lost. */
  readonly destination?: DestinationStream;
}

/** A pino logger; fields that hold secrets are redacted, down to the third level of what is logged. */
export function createLogger({ service, level, pretty, destination }: LoggerOptions): Logger {
  const stdout = destination ?? pino.destination({ fd: 1, sync: true });
  const isPretty = pretty ?? (destination === undefined && process.stdout.isTTY);
  return pino(
    {
      level: level ?? 'info',
      base: { service },
      timestamp: stdTimeFunctions.isoTime,
      mixin: traceFields,
      serializers: { err: serializeError },
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: REDACTED_PATHS, censor: '[redacted]' },
    },
    isPretty ? createHumanLines(stdout) : stdout,
  );
}

/** pino's own, without the causes whose message the error itself repeats. */
function serializeError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { stack, ...fields } = stdSerializers.err(error);
  return { ...fields, message: cut(messages(error).join(': '), MAX_MESSAGE), stack: cut(stack, MAX_STACK) };
}

/** Servers of strangers say what went wrong in any number of words. */
const MAX_MESSAGE = 4_000;
const MAX_STACK = 16_000;

function cut(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length)}…` : text;
}

const MAX_CAUSES = 10;

function messages(error: Error): string[] {
  const said: string[] = [];
  let current: unknown = error;
  for (let depth = 0; current instanceof Error && depth < MAX_CAUSES; depth++) {
    const { message, cause }: Error = current;
    if (message !== '' && said.at(-1)?.includes(message) !== true) said.push(message);
    current = cause;
  }
  return said;
}

const SECRET_FIELDS = [
  'authorization',
  'cookie',
  'set-cookie',
  'x-api-key',
  'apiKey',
  'password',
  'app_password',
  'appPassword',
  'token',
  'access_token',
  'refresh_token',
  'dpopJwk',
  'x-csrf-token',
  'csrfToken',
  'accessJwt',
  'refreshJwt',
  'secret',
  'privateKey',
];

const REDACTED_PATHS = SECRET_FIELDS.flatMap((field) => {
  const step = `["${field}"]`;
  return [step, `*${step}`, `*.*${step}`];
});
