import { createLiveSource } from '@updraft/jetstream';
import { pause } from '@updraft/service';

export interface ReturnTiming {
  readonly everyMs: number;
  /** How long a host has to send something. */
  readonly probeMs: number;
}

export const RETURN_TIMING: ReturnTiming = { everyMs: 600_000, probeMs: 10_000 };

/** Asks the hosts now and then; gives the first one that sends something, undefined when the signal aborts before. Never rejects. */
export async function untilOneSends(
  hosts: readonly string[],
  { everyMs, probeMs }: ReturnTiming,
  signal: AbortSignal,
): Promise<string | undefined> {
  while (!signal.aborted) {
    await pause(everyMs, signal);
    for (const host of hosts) if (!signal.aborted && (await sends(host, probeMs, signal))) return host;
  }
  return undefined;
}

async function sends(host: string, probeMs: number, signal: AbortSignal): Promise<boolean> {
  const live = createLiveSource(host, { idleTimeoutMs: 2 * probeMs, maxPauseMs: probeMs });
  const stream = live.open(undefined, AbortSignal.any([signal, AbortSignal.timeout(probeMs)]));
  for await (const _ of stream) return !signal.aborted;
  return false;
}
