import { type ChildProcess, spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { tellOutputOf } from '../until.ts';

export { until } from '../until.ts';

type Variables = Readonly<Record<string, string>>;

const ROOT = resolve(import.meta.dirname, '../..');

/** What every program that a test starts has. With the cache it starts in half of the time. */
export const PROGRAM_ENV: Variables = {
  PATH: process.env['PATH'] ?? '',
  NODE_COMPILE_CACHE: resolve(ROOT, 'node_modules/.cache/node'),
};

/** A process of ours that a test started. */
export interface Program {
  readonly child: ChildProcess;
  /** What it wrote, stdout and stderr. */
  output(): string;
  readonly exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  /** Ends it with SIGTERM. Throws with what it said unless it ends with 0. */
  stop(): Promise<void>;
  /** Ends it with SIGKILL, if it runs. */
  kill(): Promise<void>;
  /** Resolves when the output has this text. */
  says(text: string): Promise<void>;
  /** The sum of a metric's samples, 0 while it has none; NaN while nothing can be read. */
  metric(name: string): Promise<number>;
}

/** `main` is a path in the repository. */
export function startProgram(main: string, args: readonly string[], env: Variables): Program {
  const child = spawn(process.execPath, [resolve(ROOT, main), ...args], {
    env: { ...PROGRAM_ENV, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  tellOutputOf(main, () => output);
  const listeners = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      for (const listener of listeners) listener();
    });
  }
  const exited = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((settle) => {
    child.once('close', (code, signal) => settle({ code, signal }));
  });
  const program: Program = {
    child,
    output: () => output,
    exited,
    stop: async () => {
      child.kill('SIGTERM');
      await expectCleanEnd(program);
    },
    kill: async () => {
      child.kill('SIGKILL');
      await exited;
    },
    says: (text) =>
      new Promise((settle, fail) => {
        const look = (): void => {
          if (!output.includes(text)) return;
          listeners.delete(look);
          settle();
        };
        listeners.add(look);
        void exited.then(() => fail(new Error(`it ended without saying ${JSON.stringify(text)}:\n${output}`)));
        look();
      }),
    metric: (name) => readMetric(output, name),
  };
  return program;
}

async function readMetric(output: string, name: string): Promise<number> {
  const address = /"metrics":"([^"]+)"/.exec(output)?.[1];
  if (address === undefined) return Number.NaN;
  const text = await fetch(address).then(
    (response) => response.text(),
    () => '',
  );
  if (text === '') return Number.NaN;
  const samples = text.split('\n').filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`));
  return samples.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
}

/** Throws with what the program said unless it ends with 0. */
export async function expectCleanEnd(program: Program): Promise<void> {
  const { code, signal } = await program.exited;
  if (code !== 0) throw new Error(`it ended with ${code ?? signal}:\n${program.output()}`);
}
