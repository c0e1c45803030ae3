import type { Child } from '../process/child.ts';

/** Something that `npm start` keeps running: ClickHouse, Redis, a service, the network that is played. */
export interface Part {
  /** Its name in logs and on the screen. */
  readonly name: string;
  /**
   * Starts it and resolves when it is at work. The signal ends a long start.
   * @throws SetupError when a person has to do something
   */
  start(context: StartContext): Promise<RunningPart>;
}

export interface StartContext {
  readonly signal: AbortSignal;
  /** To be called as soon as there is a process, long before it is at work. */
  readonly onSpawn: (pid: number) => void;
}

export interface RunningPart extends Pick<Child, 'pid' | 'exited'> {
  /** Whether it is at work. A part that gives no answer for long is killed and started again. */
  readonly answers?: (timeoutMs: number) => Promise<boolean>;
  /** Its last line of output that may explain its end. */
  readonly lastWords?: () => LastWords | undefined;
  /** Ends it in order. */
  stop(): Promise<unknown>;
  /** Ends it at once. */
  kill(signal: NodeJS.Signals): Promise<unknown>;
}

export interface LastWords {
  readonly text: string;
  /** Milliseconds since 1970. */
  readonly atMs: number;
}

/** Something that happened to a part. */
export interface PartEvent {
  readonly part: string;
  readonly level: 'info' | 'warn';
  readonly text: string;
}

export type PartState = 'starting' | 'running' | 'waiting' | 'stopping' | 'stopped';

/** What the screen shows of a part. */
export interface PartStatus {
  readonly name: string;
  readonly state: PartState;
  readonly pid: number | undefined;
  /** When it came to this state, in milliseconds since 1970. */
  readonly sinceMs: number;
  readonly restarts: number;
}
