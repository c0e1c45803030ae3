/** A change of who bears a label. */
export interface BearerChange {
  readonly label: string;
  readonly did: string;
  readonly isMember: boolean;
}

/** Who bears which label, in memory. */
export interface LabelBearers {
  readonly labels: ReadonlySet<string>;
  /** Undefined until the label's bearers were read. */
  of(label: string): ReadonlySet<string> | undefined;
  /** Changes whenever somebody gains or loses a label. */
  version(): number;
  /** Ignores a label that is not among these. */
  apply(change: BearerChange): void;
  /** Calls back after each applied change. */
  onChange(listener: (label: string) => void): void;
  /** Takes over what a read gave, with the changes that were heard of since it started. */
  replace(label: string, read: Set<string>, startedAt: number): void;
}

/** Longer than any read takes. */
const REMEMBER_CHANGES_MS = 60_000;

export function createLabelBearers(labels: ReadonlySet<string>): LabelBearers {
  const bearers = new Map<string, Set<string>>();
  let changes: (BearerChange & { readonly at: number })[] = [];
  const listeners: ((label: string) => void)[] = [];
  let version = 0;
  return {
    labels,
    of: (label) => bearers.get(label),
    version: () => version,
    apply: (change) => {
      if (!labels.has(change.label)) return;
      const at = Date.now();
      changes = [...changes.filter((known) => at - known.at < REMEMBER_CHANGES_MS), { ...change, at }];
      applyTo(bearers.get(change.label), change);
      version += 1;
      for (const listener of listeners) listener(change.label);
    },
    onChange: (listener) => {
      listeners.push(listener);
    },
    replace: (label, read, startedAt) => {
      for (const change of changes) if (change.label === label && change.at >= startedAt) applyTo(read, change);
      if (bearers.get(label)?.symmetricDifference(read).size !== 0) version += 1;
      bearers.set(label, read);
    },
  };
}

function applyTo(bearers: Set<string> | undefined, { did, isMember }: BearerChange): void {
  if (isMember) bearers?.add(did);
  else bearers?.delete(did);
}
