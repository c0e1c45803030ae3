/** A record that could not be deleted while others could. */
export interface SetAside {
  /** `collection/rkey`. */
  readonly path: string;
  readonly reason: string;
  readonly numTries: number;
}

/** A record that was refused alone. */
export type Refusal = Pick<SetAside, 'path' | 'reason'>;

/** How often one record is tried, minutes apart: an outage must not look like a record that can't be deleted. */
const MAX_TRIES = 3;
/** When more are set aside, the server is at fault and not the records. */
export const MAX_SET_ASIDE = 50;

/** Whether a record is not tried any more. */
export function isLeft({ numTries }: SetAside): boolean {
  return numTries >= MAX_TRIES;
}

/** The list after these refusals. */
export function setAside(list: readonly SetAside[], refusals: readonly Refusal[]): readonly SetAside[] {
  const byPath = new Map(list.map((entry) => [entry.path, entry]));
  for (const { path, reason } of refusals) {
    byPath.set(path, { path, reason, numTries: (byPath.get(path)?.numTries ?? 0) + 1 });
  }
  return [...byPath.values()];
}
