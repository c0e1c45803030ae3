/** What was checked, and what was found to be wrong. */
export interface Checks {
  /** One check: it fails when `work` throws, or gives false. */
  that(what: string, work: () => unknown): Promise<void>;
  /** What happened though it must not. */
  fault(what: string): void;
  readonly faults: readonly string[];
  readonly count: number;
}

/** `onCheck` hears of each check when it has ended. */
export function createChecks(onCheck: (line: string) => void): Checks {
  const faults: string[] = [];
  let count = 0;
  const fault = (what: string): void => {
    if (faults.includes(what)) return;
    faults.push(what);
    onCheck(`✗ ${what}`);
  };
  return {
    that: async (what, work) => {
      count++;
      try {
        if ((await work()) === false) return fault(what);
        onCheck(`✓ ${what}`);
      } catch (error) {
        fault(`${what}: ${(error as Error).message}`);
      }
      return undefined;
    },
    fault,
    faults,
    get count() {
      return count;
    },
  };
}
