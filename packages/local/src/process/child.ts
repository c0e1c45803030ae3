// A process of the system: start and end (here), who it is (process-identity.ts), its memory, its ports.
//
// In:  a command, or a pid.
// Out: a handle by which it is stopped (`Child`), or what the system says of it.
// Invariant: `exited` settles once, after the last byte of output, whatever ended the process; it never rejects.
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';

/** How a process ended: its exit code, or the signal that ended it. */
export interface ChildExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A process of ours. `exited` resolves when it is gone and its output is read to the end; it never rejects. */
export interface Child {
  readonly pid: number;
  readonly process: ChildProcess;
  readonly exited: Promise<ChildExit>;
  /** Sends the signal and waits until the process is gone. */
  kill(signal: NodeJS.Signals): Promise<ChildExit>;
  /** SIGTERM, and SIGKILL when that has not ended it within `graceMs`. */
  stop(graceMs?: number): Promise<ChildExit>;
}

/** Starts a program. Rejects when it can't be started at all (no such file, not executable). */
export async function startChild(command: string, args: readonly string[], options: SpawnOptions): Promise<Child> {
  const process = spawn(command, args, options);
  const exited = new Promise<ChildExit>((resolve) => {
    process.once('close', (code, signal) => resolve({ code, signal }));
  });
  await once(process, 'spawn');
  process.on('error', () => {}); // a signal that could not be sent: the process is gone, and `exited` says so
  const send = (signal: NodeJS.Signals) => {
    if (process.exitCode === null && process.signalCode === null) process.kill(signal);
    return exited;
  };
  return {
    pid: process.pid ?? 0,
    process,
    exited,
    kill: send,
    stop: async (graceMs = 10_000) => {
      const timer = setTimeout(() => void send('SIGKILL'), graceMs);
      try {
        return await send('SIGTERM');
      } finally {
        clearTimeout(timer);
      }
    },
  };
}

/** `exit code 1`, `signal SIGKILL`: how an end is named in messages. */
export function describeExit({ code, signal }: ChildExit): string {
  return signal === null ? `exit code ${code}` : `signal ${signal}`;
}
