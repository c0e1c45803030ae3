import type { Candidate, Request } from '@updraft/recommender';
import type { ClickHouseOptions } from '@updraft/store';
import type { Refresh } from './hour-schedule.ts';

/** What the thread is started with. */
export interface GraphThreadData {
  readonly clickhouse: Omit<ClickHouseOptions, 'log'>;
  readonly hours: number;
  readonly maxLikes: number;
  readonly refreshMs?: Refresh | undefined;
}

export interface GraphQuestion {
  readonly id: number;
  readonly request: Request;
}

/** What the thread says by itself: after each hour that it read, or failed to read. */
export interface GraphState {
  readonly likes: number;
  readonly accounts: number;
  readonly posts: number;
  readonly bytes: number;
  /** Those that it holds, newest first, in hours since 1970. */
  readonly hours: readonly number[];
  /** Whether it has read all the hours that it wants. */
  readonly isWhole: boolean;
  /** Why the last reading failed. */
  readonly failure?: string;
}

export type GraphMessage =
  | { readonly id: number; readonly candidates: Candidate[] }
  | { readonly id: number; readonly error: unknown }
  | { readonly state: GraphState };
