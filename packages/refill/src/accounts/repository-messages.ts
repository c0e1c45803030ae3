import type { Commit, RepositoryOptions } from '@updraft/repository';

/** What the thread is given. */
export type RepositoryInput = RepositoryOptions;

/** What the thread sends: at first the commit, then lines for each message that it gets, and at last the end. */
export type RepositoryMessage =
  | { readonly kind: 'opened'; readonly commit: Commit }
  | { readonly kind: 'lines'; readonly lines: readonly string[] }
  | { readonly kind: 'end' };
