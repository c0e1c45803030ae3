import type { Commit, RepositoryOptions } from '@updraft/repository';
import type { ExportFormat } from './export-text.ts';
import type { DeletionPlan, InformedQuery } from './plan-deletions.ts';

/** What the thread that reads a repository is to do with it. */
export type RepositoryTask =
  | { readonly kind: 'export'; readonly format: ExportFormat }
  | { readonly kind: 'plan'; readonly query: InformedQuery };

export interface WorkerInput extends RepositoryOptions {
  readonly task: RepositoryTask;
}

/** From the thread. A `chunk` is sent for each message to it, which may give the memory of an older one back. */
export type WorkerMessage =
  | { readonly kind: 'opened'; readonly commit: Commit }
  | { readonly kind: 'chunk'; readonly buffer: ArrayBuffer; readonly length: number }
  | { readonly kind: 'end' }
  | { readonly kind: 'plan'; readonly plan: DeletionPlan }
  /** The repository is not as it should be. */
  | { readonly kind: 'faulty'; readonly message: string };
