import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const ROOT = join(import.meta.dirname, '../..');

export interface Program extends AsyncDisposable {
  readonly process: ChildProcess;
  /** Its first line that matches. */
  line(pattern: RegExp): Promise<string>;
}

/** Starts a program of the repository in a process of its own; it is stopped when the bench is over. */
export function startProgram(
  path: string,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Program {
  const child = spawn(process.execPath, [join(ROOT, path), ...args], {
    env: { PATH: process.env['PATH'] ?? '', NODE_ENV: 'production', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines: string[] = [];
  const waiting: (() => void)[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (lines.length < 10_000) lines.push(line);
    for (const wake of waiting.splice(0)) wake();
  });
  const exited = once(child, 'exit').then(() => {
    for (const wake of waiting.splice(0)) wake();
  });
  return {
    process: child,
    line: async (pattern) => {
      for (;;) {
        const found = lines.find((line) => pattern.test(line));
        if (found !== undefined) return found;
        if (child.exitCode !== null)
          throw new Error(`${path} ended before it said ${pattern.source}:\n${lines.join('\n')}`);
        await new Promise<void>((resolve) => waiting.push(resolve));
      }
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM');
      await exited;
    },
  };
}

/** What the load generator reports. */
export interface Load {
  readonly requests: number;
  readonly seconds: number;
  readonly bad: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export async function runLoad(options: Readonly<Record<string, string | number>>): Promise<Load> {
  const args = Object.entries(options).map(([name, value]) => `--${name}=${value}`);
  await using program = startProgram('bench/feed/load-main.ts', args);
  const load = JSON.parse(await program.line(/^\{/)) as Load;
  if (load.bad > 0) throw new Error(`${load.bad} of ${load.requests} replies were not 200`);
  return load;
}
