import { sleep } from '@updraft/service';
import type { HealthSample, HostHealth, Suspicion } from './host-health.ts';
import { lookAtHost } from './second-look.ts';

/** A host that leaves a collection out. */
export interface BlindHost {
  readonly collection: string;
  readonly sinceMicros: number;
  /** The host that brings it; undefined when no other could be asked, and the stream's own past is all that speaks. */
  readonly witness: string | undefined;
}

export interface HostWatchOptions {
  readonly host: string;
  readonly health: HostHealth;
  readonly sample: () => HealthSample;
  /** Who can be asked, in order. */
  readonly others: readonly string[];
  readonly timing: WatchTiming;
  onBlind(found: BlindHost): void;
}

export interface WatchTiming {
  readonly everyMs: number;
  /** How long a collection may stay away before another host is asked, and between two tries when none could be. */
  readonly missingForMs: number;
  /** How long one host is asked. */
  readonly lookMs: number;
  /** A stretch without the collection begins so much later than it seems: events arrive late by seconds. */
  readonly marginMicros: number;
}

export const WATCH_TIMING: WatchTiming = {
  everyMs: 5_000,
  missingForMs: 60_000,
  lookMs: 60_000,
  marginMicros: 30_000_000,
};

/** Without a witness the collection must be away for so many times missingForMs. */
const ALONE = 10;
/** Another host had none either: the network is quiet. */
const QUIET_MS = 3_600_000;

/** Watches the host of one connection until the signal, or until it is found blind and another one is not. Never rejects. */
export async function watchHost(options: HostWatchOptions, signal: AbortSignal): Promise<void> {
  const { host, health, sample, timing, onBlind } = options;
  health.restart(host, sample());
  while (!signal.aborted) {
    await sleep(timing.everyMs, signal).catch(() => {}); // aborted: the loop ends
    if (signal.aborted) return;
    const now = sample();
    const suspicions = health.sample(now);
    const [first] = suspicions;
    if (first === undefined) continue;
    const answer = await askOthers(first, now.micros, options, signal);
    if (signal.aborted || answer === 'too early') continue;
    const { collection } = first;
    if (typeof answer === 'object') {
      const sinceMicros = Math.min(...suspicions.map((suspicion) => suspicion.sinceMicros));
      // Where the witness can't be read this one is, for a while, before it is left again.
      for (const suspicion of suspicions) health.silence(suspicion.collection, sample().atMs + timing.missingForMs);
      onBlind({ collection, sinceMicros, witness: answer.witness });
      return;
    }
    const isAlarm = answer === 'unknown' && first.isLearnt && first.missingForMs >= ALONE * timing.missingForMs;
    health.silence(collection, now.atMs + (isAlarm || answer === 'brings none' ? QUIET_MS : timing.missingForMs));
    if (isAlarm) onBlind({ collection, sinceMicros: first.sinceMicros, witness: undefined });
  }
}

async function askOthers(
  { collection, sinceMicros }: Suspicion,
  toMicros: number,
  { others, timing }: HostWatchOptions,
  signal: AbortSignal,
): Promise<{ readonly witness: string } | 'brings none' | 'unknown' | 'too early'> {
  const fromMicros = sinceMicros + timing.marginMicros;
  if (toMicros <= fromMicros) return 'too early';
  let answered = false;
  for (const host of others) {
    const look = await lookAtHost({ host, collection, fromMicros, toMicros, timeoutMs: timing.lookMs }, signal);
    if (look === 'brings') return { witness: host };
    if (look === 'brings none') answered = true;
  }
  return answered ? 'brings none' : 'unknown';
}
