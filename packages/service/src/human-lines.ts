import { createRequire } from 'node:module';
import { stripVTControlCharacters } from 'node:util';
import type { DestinationStream } from 'pino';
import type pinoPretty from 'pino-pretty';

/** Writes the logger's JSON lines as `14:38:08 WARN: message {"field":"value"}`, with the stack of an error below. */
export function createHumanLines(out: DestinationStream): DestinationStream {
  // Loaded only where a person reads the log: a process that writes JSON doesn't pay for it.
  const { prettyFactory } = createRequire(import.meta.url)('pino-pretty') as typeof pinoPretty;
  const pretty = prettyFactory(OPTIONS);
  return { write: (line: string) => out.write(pretty(line)) };
}

const OPTIONS: pinoPretty.PrettyOptions = {
  ignore: 'service',
  translateTime: 'UTC:HH:MM:ss',
  singleLine: true,
  errorLikeObjectKeys: ['err'],
  customPrettifiers: { time: String, err: stackOf },
};

/** The stack contains the message and the causes. */
function stackOf(err: string | object): string {
  const text = typeof err === 'object' && 'stack' in err ? err.stack : err;
  return stripVTControlCharacters(typeof text === 'string' ? text : JSON.stringify(text));
}
