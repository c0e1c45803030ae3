import { MAX_FRAME_BYTES } from '@updraft/jetstream';

/**
 * Gets past a frame above the limit, which comes again after every resume. First the host is asked to leave it out, until the stream is past
 * it. If the host sends it all the same, the next one is read; when none is left the frame is stepped over.
 */
export interface SizeLimit {
  /** Whether the next connection asks for it. */
  isAsked(): boolean;
  /** How far after the last event the next connection begins; 0: where the stream was left. */
  stepOver(): number;
  /** A connection has ended; gives what that means for the host. */
  ended(end: { readonly tooLarge: boolean; readonly delivered: boolean }): 'too_large' | 'unfit' | undefined;
  /** The stream is past the frame: from now on everything is asked for again. */
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

/** The limit to ask for at an address: never above the one that the address has itself. */
export function askedLimit(address: string): number {
  return ownLimit(new URL(address)) || MAX_FRAME_BYTES;
}

/** v1's message that lifts the limit. It replaces the whole filter, so it repeats that of the address. */
export function liftingMessage(address: string): string {
  const url = new URL(address);
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
  /** Whether the stream is past the position where it was left. */
  isPast(): boolean;
  /** Asks the host for everything again. */
  lift(): void;
  /** From here on nothing is left out. */
  onLifted(): void;
  readonly timing: LiftTiming;
}

export interface LiftTiming {
  readonly lookEveryMs: number;
  /** Hosts order events of different accounts differently, by seconds: this many looks in a row have to find the stream past the position. */
  readonly looks: number;
  /** How long the host may take to act on the message; servers answer pings within 5 s. */
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
