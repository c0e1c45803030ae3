import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** A program of ours that prints lines for us. */
export interface ChildProgram extends AsyncDisposable {
  readonly pid: number;
  /** The next line that it prints; rejects when it ends before. */
  line(): Promise<string>;
  /** Gives it a line. */
  say(line: string): void;
}

/** Runs a TypeScript file of the repository; `path` is relative to the repository's root, `env` is added to our environment. */
export function startProgram(
  path: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): ChildProgram {
  const file = fileURLToPath(new URL(`../../${path}`, import.meta.url));
  const child: ChildProcess = spawn(process.execPath, [file, ...args], {
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream })[Symbol.asyncIterator]();
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return {
    pid: child.pid ?? 0,
    async line() {
      const { done, value } = await lines.next();
      if (done) throw new Error(`${path} ended too early`);
      return value;
    },
    say: (line) => void child.stdin?.write(`${line}\n`),
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM');
      const impatience = setTimeout(() => child.kill('SIGKILL'), 5_000);
      await exited;
      clearTimeout(impatience);
    },
  };
}
