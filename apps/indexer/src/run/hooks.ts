import type { BatchWriter } from '@updraft/store';

/** Moments that a frame or its batch passes. */
export type Moment = 'after-receive' | 'before-write' | 'after-write' | 'after-progress' | 'after-redis';

/** Tests only: follows the pipeline. */
export interface Hooks {
  passed(moment: Moment): void;
  /** Gives the writer to use instead of this one. */
  writer(writer: BatchWriter): BatchWriter;
}
