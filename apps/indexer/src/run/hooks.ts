import type { BatchWriter } from '@updraft/store';

/** Moments at which a frame or its batch has come so far. */
export type Moment = 'after-receive' | 'before-write' | 'after-write' | 'after-progress' | 'after-redis';

/** What a test gives to look in on the pipeline. In production there is none. */
export interface Hooks {
  passed(moment: Moment): void;
  /** Gives the writer that is used in the place of this one. */
  writer(writer: BatchWriter): BatchWriter;
}
