import type { Commit, RepositoryOptions } from '@updraft/repository';
import type { ExportFormat } from './export-text.ts';
import type { DeletionPlan, InformedQuery } from './plan-deletions.ts';

/** What the thread does with the repository. */
export type RepositoryTask =
  | { readonly kind: 'export'; readonly format: ExportFormat }
  | { readonly kind: 'plan'; readonly query: InformedQuery };

export interface WorkerInput extends RepositoryOptions {
  readonly task: RepositoryTask;
}

/** Messages of the thread. It sends a `chunk` for each message that it gets, which may return the memory of an older chunk. */
export type WorkerMessage =
  | { readonly kind: 'opened'; readonly commit: Commit }
  | { readonly kind: 'chunk'; readonly buffer: ArrayBuffer; readonly length: number }
  | { readonly kind: 'end' }
  | { readonly kind: 'plan'; readonly plan: DeletionPlan };
