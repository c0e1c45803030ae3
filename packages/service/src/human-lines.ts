import type { DestinationStream } from 'pino';

/** Turns the logger's JSON lines into `14:38:08 WARN  message  field=value`, with the stack of an error below. */
export function createHumanLines(out: DestinationStream): DestinationStream {
  return {
    write(line: string) {
      out.write(humanLine(line));
    },
  };
}

const NOT_FIELDS = new Set(['level', 'time', 'service', 'msg', 'err', 'pid', 'hostname']);

function humanLine(line: string): string {
  const entry = parse(line);
  if (entry === undefined) return line;
  const clock = show(entry.time ?? '').slice(11, 19);
  const level = show(entry.level ?? '').toUpperCase();
  const fields = Object.entries(entry)
    .filter(([name]) => !NOT_FIELDS.has(name))
    .map(([name, value]) => `  ${name}=${show(value)}`);
  return `${clock} ${level.padEnd(5)} ${show(entry.msg ?? '')}${fields.join('')}${errorLines(entry.err)}\n`;
}

function show(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function errorLines(err: unknown): string {
  if (typeof err !== 'object' || err === null) return '';
  const stack = 'stack' in err && typeof err.stack === 'string' ? err.stack : JSON.stringify(err);
  return `\n    ${stack.replaceAll('\n', '\n    ')}`;
}

function parse(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
