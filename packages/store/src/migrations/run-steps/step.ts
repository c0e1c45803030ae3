import type { StoreLog } from '../../log.ts';
import type { MigrationLock } from '../lock.ts';
import type { MigrationTarget } from '../target.ts';

/**
 * A step of a migration that SQL alone can't say: `RUN name;` in its file. It may be killed at any moment and is then begun again, so
 * each part of it must be harmless when it is done twice.
 */
export type RunStep = (context: StepContext) => Promise<void>;

export interface StepContext {
  readonly target: MigrationTarget;
  /** A long step asserts it before each piece of its work. */
  readonly lock: MigrationLock;
  readonly progress: StepProgress;
  readonly signal?: AbortSignal | undefined;
  /** Rows that it copies at a time. */
  readonly sliceRows: number;
  /** Bytes that a statement of it may take of the engine's memory. */
  readonly sliceMemory: number;
}

/** Receives how far a step is. */
export interface StepProgress {
  readonly log: StoreLog;
  report(state: StepState): void;
}

export interface StepState {
  readonly subject: string;
  readonly done: number;
  readonly total: number;
  /** Of what it counts. */
  readonly unit: 'rows' | 'parts';
}
