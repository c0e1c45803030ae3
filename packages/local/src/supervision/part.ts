import type { ChildExit } from '../process/child.ts';

/** Something that `npm start` keeps running: ClickHouse, Redis, a service, the network that is played. */
export interface Part {
  /** As it is called in lines, logs and on the screen. */
  readonly name: string;
  /**
   * Starts it and resolves when it is at work. Rejects with a SetupError when a person has to do something. A start that takes
   * long is given up at the signal.
   */
  start(context: StartContext): Promise<RunningPart>;
}

export interface StartContext {
  readonly signal: AbortSignal;
  /** To be told of the process as soon as there is one, long before it is at work. */
  readonly onSpawn: (pid: number) => void;
}

export interface RunningPart {
  readonly pid: number;
  /** Resolves when the process is gone. */
  readonly exited: Promise<ChildExit>;
  /** Whether it is at work and not only there; one that gives no answer for long is ended and started again. */
  readonly answers?: (timeoutMs: number) => Promise<boolean>;
  /** The last thing it said that may explain its end. */
  readonly lastWords?: () => LastWords | undefined;
  /** Ends it in order. */
  stop(): Promise<unknown>;
  /** Ends it at once. */
  kill(signal: NodeJS.Signals): Promise<unknown>;
}

export interface LastWords {
  readonly text: string;
  /** When it said so: milliseconds since 1970. */
  readonly atMs: number;
}

export type PartState = 'starting' | 'running' | 'waiting' | 'stopping' | 'stopped';

/** What the screen shows of a part. */
export interface PartStatus {
  readonly name: string;
  readonly state: PartState;
  readonly pid: number | undefined;
  /** Milliseconds since 1970 when it came to this state. */
  readonly sinceMs: number;
  readonly restarts: number;
}
