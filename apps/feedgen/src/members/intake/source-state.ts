import type { Brought } from '@updraft/store';

/** What is remembered of a source between rounds. */
export interface SourceState {
  /** Milliseconds since 1970: when all of its records are read again. */
  wholeDueAt: number;
  /** The last account that was checked; '' at the begin of a turn. */
  checkedTo: string;
  /** Accounts that it no longer has, and since when: what a #sync or an interruption hides is back soon. */
  readonly missing: Map<string, { readonly brought: Brought; readonly sinceMs: number }>;
  isFull: boolean;
}

export function createSourceState(): SourceState {
  return { wholeDueAt: 0, checkedTo: '', missing: new Map(), isFull: false };
}

/** Notes who of the checked accounts is there, and gives those that have been missing for `graceMs`. */
export function missingFor(
  { missing }: SourceState,
  checked: readonly Brought[],
  there: ReadonlySet<string>,
  nowMs: number,
  graceMs: number,
): string[] {
  for (const brought of checked) {
    if (there.has(brought.did)) missing.delete(brought.did);
    else if (!missing.has(brought.did)) missing.set(brought.did, { brought, sinceMs: nowMs });
  }
  return [...missing].filter(([, { sinceMs }]) => nowMs - sinceMs >= graceMs).map(([did]) => did);
}
