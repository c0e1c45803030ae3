/** A record that could not be deleted while others could. */
export interface SetAside {
  /** `collection/rkey`. */
  readonly path: string;
  readonly reason: string;
  readonly numTries: number;
}

/** A record that was refused alone. */
export type Refusal = Pick<SetAside, 'path' | 'reason'>;

/** Tries of one record, minutes apart, before it is left: an outage must not look like a record that can't be deleted. */
const MAX_TRIES = 3;
/** Beyond so many it is the server that doesn't work, not the records. */
export const MAX_SET_ASIDE = 50;

/** Whether a record is left alone from now on. */
export function isLeft({ numTries }: SetAside): boolean {
  return numTries >= MAX_TRIES;
}

/** The list after these were refused once more. */
export function setAside(list: readonly SetAside[], refusals: readonly Refusal[]): readonly SetAside[] {
  const byPath = new Map(list.map((entry) => [entry.path, entry]));
  for (const { path, reason } of refusals) {
    byPath.set(path, { path, reason, numTries: (byPath.get(path)?.numTries ?? 0) + 1 });
  }
  return [...byPath.values()];
}
