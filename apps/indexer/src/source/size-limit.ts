import { MAX_FRAME_BYTES } from './connection.ts';

/**
 * What is done about a frame above the limit, which comes again after every resume. First the host is asked to leave it out, for as long as
 * the stream needs to get past it. A host that sends it all the same makes place for the next; when none is left the frame is stepped over.
 */
export interface SizeLimit {
  /** Whether the next connection asks for it. */
  isAsked(): boolean;
  /** How far behind the last known event the next connection begins; 0: where it was left. */
  stepOver(): number;
  /** Takes note of an ended connection; gives what it says of the host. */
  ended(end: { readonly tooLarge: boolean; readonly delivered: boolean }): 'too_large' | 'unfit' | undefined;
  /** The stream is past the frame, and is to bring everything again. */
  lifted(): void;
}

const MAX_STEP = 4_096;

export function createSizeLimit(hosts: number): SizeLimit {
  let asked = false;
  let ignored = 0;
  let step = 0;
  return {
    isAsked: () => asked,
    stepOver: () => step,
    ended: ({ tooLarge, delivered }) => {
      if (!tooLarge) {
        if (delivered && step > 0) step = ignored = 0;
        return undefined;
      }
      if (!asked) {
        asked = true;
        return 'too_large';
      }
      ignored += 1;
      if (ignored >= hosts) step = Math.min(Math.max(1, step * 2), MAX_STEP);
      return 'unfit';
    },
    lifted: () => {
      asked = false;
      ignored = step = 0;
    },
  };
}

/** The query of a subscription with the limit; never above the one that the address itself bears. */
export function askLimit(url: URL): void {
  url.searchParams.set('maxMessageSizeBytes', String(ownLimit(url) || MAX_FRAME_BYTES));
}

/** The message that takes the limit back. It replaces the whole filter, so that of the address is told again. */
export function liftingMessage(host: string): string {
  const url = new URL(host);
  const payload = {
    wantedCollections: url.searchParams.getAll('wantedCollections'),
    wantedDids: url.searchParams.getAll('wantedDids'),
    maxMessageSizeBytes: ownLimit(url),
  };
  return JSON.stringify({ type: 'options_update', payload });
}

function ownLimit(url: URL): number {
  const limit = Number(url.searchParams.get('maxMessageSizeBytes') ?? 0);
  return Number.isInteger(limit) && limit > 0 ? Math.min(limit, MAX_FRAME_BYTES) : 0;
}

export interface LiftingOptions {
  /** Whether the stream is past the place where it was left. */
  isPast(): boolean;
  /** Asks the host for everything again. */
  lift(): void;
  /** From here on nothing is left out. */
  onLifted(): void;
  readonly timing: LiftTiming;
}

export interface LiftTiming {
  readonly lookEveryMs: number;
  /** Hosts exchange events of different accounts by seconds: so many looks in a row have to find the stream past the place. */
  readonly looks: number;
  /** How long the host may take to do as it is told; servers answer pings within 5 s. */
  readonly graceMs: number;
}

export const LIFT_TIMING: LiftTiming = { lookEveryMs: 1_000, looks: 30, graceMs: 10_000 };

/** Lifts the limit of an open connection once the stream is past the frame. Until `ended`. */
export function liftWhenPast({ isPast, lift, onLifted, timing }: LiftingOptions, ended: AbortSignal): void {
  let past = 0;
  const looking = setInterval(() => {
    past = isPast() ? past + 1 : 0;
    if (past < timing.looks) return;
    clearInterval(looking);
    lift();
    const over = (): void => {
      clearTimeout(grace);
      ended.removeEventListener('abort', over);
      onLifted();
    };
    const grace = setTimeout(over, timing.graceMs);
    ended.addEventListener('abort', over);
  }, timing.lookEveryMs);
  ended.addEventListener('abort', () => clearInterval(looking));
}
