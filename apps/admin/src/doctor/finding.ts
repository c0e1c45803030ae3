/** What a check found. */
export interface Finding {
  readonly check: string;
  /** `skipped`: it could not be tried, and `what` says why. */
  readonly state: 'ok' | 'wrong' | 'skipped';
  readonly what: string;
  /** Where something is wrong, and for what was skipped: what to do. */
  readonly todo?: string;
}

export const ok = (check: string, what: string): Finding => ({ check, state: 'ok', what });
export const wrong = (check: string, what: string, todo: string): Finding => ({ check, state: 'wrong', what, todo });
export const skipped = (check: string, what: string, todo?: string): Finding => ({
  check,
  state: 'skipped',
  what,
  ...(todo !== undefined && { todo }),
});
