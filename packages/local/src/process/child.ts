// A process of the operating system: start and end (here), identity, memory, ports.
//
// In:  a command, or a pid.
// Out: a handle to stop it (`Child`), or what the system says about it.
// Invariant: `exited` resolves once, after the last byte of output, whatever ended the process. It never rejects.
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { sleep } from '@updraft/service';

/** How a process ended: its exit code, or the signal that ended it. */
export interface ChildExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A child process. */
export interface Child {
  readonly pid: number;
  readonly process: ChildProcess;
  /** Resolves when the process is gone and its output is read to the end. Never rejects. */
  readonly exited: Promise<ChildExit>;
  /** Sends the signal and waits until the process is gone. */
  kill(signal: NodeJS.Signals): Promise<ChildExit>;
  /** SIGTERM, and SIGKILL if it still runs after 10 s. */
  stop(): Promise<ChildExit>;
}

const STOP_WITHIN_MS = 10_000;

/** Starts a program. Rejects when it can't be started (no such file, not executable). */
export async function startChild(command: string, args: readonly string[], options: SpawnOptions): Promise<Child> {
  const process = spawn(command, args, options);
  const exited = new Promise<ChildExit>((resolve) => {
    process.once('close', (code, signal) => resolve({ code, signal }));
  });
  await once(process, 'spawn');
  process.on('error', () => {}); // a signal could not be sent since the process is gone: `exited` says so
  const send = (signal: NodeJS.Signals) => {
    if (process.exitCode === null && process.signalCode === null) process.kill(signal);
    return exited;
  };
  return {
    pid: process.pid ?? 0,
    process,
    exited,
    kill: send,
    stop: async () => {
      const timer = setTimeout(() => void send('SIGKILL'), STOP_WITHIN_MS);
      try {
        return await send('SIGTERM');
      } finally {
        clearTimeout(timer);
      }
    },
  };
}

/** Waits until a process that was just started is at work. One that needs longer than `withinMs` is killed. */
export async function untilReady(
  child: Child,
  isReady: () => Promise<boolean>,
  withinMs: number,
): Promise<'ready' | 'ended' | 'late'> {
  let hasEnded = false;
  void child.exited.then(() => {
    hasEnded = true;
  });
  for (const deadline = Date.now() + withinMs; Date.now() < deadline; await sleep(20)) {
    if (hasEnded) return 'ended';
    if (await isReady()) return 'ready';
  }
  await child.kill('SIGKILL');
  return 'late';
}

/** `exit code 1` or `signal SIGKILL`. */
export function describeExit({ code, signal }: ChildExit): string {
  return signal === null ? `exit code ${code}` : `signal ${signal}`;
}
