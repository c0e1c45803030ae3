import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const ROOT = join(import.meta.dirname, '../..');
const MAX_LINES = 10_000;
/** In the line that a service logs at its start. */
const LISTENS = /"listen":"[^"]+:(\d+)"/;

/** A program of the repository that prints lines for us. It is stopped when the bench is over. */
export interface Program extends AsyncDisposable {
  readonly pid: number;
  /** The next line that matches; the lines before it are dropped. Rejects when the program ends before. */
  line(pattern?: RegExp): Promise<string>;
  /** What a program tells by `ready {…}`. */
  ready<T>(): Promise<T>;
  /** The port on which a service says that it listens. */
  listeningPort(): Promise<number>;
  /** Gives it a line. */
  say(line: string): void;
}

/** Runs a TypeScript file in a process of its own; `path` is relative to the repository's root. */
export function startProgram(
  path: string,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Program {
  const child = spawn(process.execPath, [join(ROOT, path), ...args], {
    env: { PATH: process.env['PATH'] ?? '', NODE_ENV: 'production', ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const nextLine = queueLines(child.stdout);
  const exited = once(child, 'exit');
  const line = async (pattern = /./) => {
    for (;;) {
      const next = await nextLine();
      if (next === undefined) throw new Error(`${path} ended before it said ${pattern.source}`);
      if (pattern.test(next)) return next;
    }
  };
  return {
    pid: child.pid ?? 0,
    line,
    ready: async <T>() => JSON.parse((await line(/^ready /)).slice('ready '.length)) as T,
    listeningPort: async () => Number(LISTENS.exec(await line(LISTENS))?.[1]),
    say: (text) => void child.stdin.write(`${text}\n`),
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM');
      const late = setTimeout(() => child.kill('SIGKILL'), 5_000);
      await exited;
      clearTimeout(late);
    },
  };
}

/** Gives a function that waits for the next line; undefined at the end. The stream is read on, so that the program never blocks. */
function queueLines(stream: NodeJS.ReadableStream): () => Promise<string | undefined> {
  const lines: string[] = [];
  const reader = createInterface({ input: stream }).on('line', (line) => {
    if (lines.length < MAX_LINES) lines.push(line);
  });
  const closed = once(reader, 'close');
  return async () => {
    if (lines.length === 0) await Promise.race([once(reader, 'line'), closed]);
    return lines.shift();
  };
}
