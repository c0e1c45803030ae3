import { pause } from '@updraft/service';
import type { HealthSample, HostHealth, Suspicion } from './host-health.ts';
import { probeHost } from './probe-host.ts';

/** A host that leaves a collection out. */
export interface BlindHost {
  readonly collection: string;
  readonly sinceMicros: number;
  /** The host that sends it; undefined when no other could be asked, and only the stream's own past shows that it is missing. */
  readonly witness: string | undefined;
}

export interface HostWatchOptions {
  readonly host: string;
  readonly health: HostHealth;
  readonly sample: () => HealthSample;
  /** The hosts to ask, in order. */
  readonly others: readonly string[];
  readonly timing: WatchTiming;
  onBlind(found: BlindHost): void;
}

export interface WatchTiming {
  readonly everyMs: number;
  /** How long a collection may be missing before another host is asked, and the time between two tries when none could be. */
  readonly missingForMs: number;
  /** How long one host is asked. */
  readonly probeMs: number;
  /** Events arrive late by seconds: a stretch without the collection begins this much after its last event. */
  readonly marginMicros: number;
}

export const WATCH_TIMING: WatchTiming = {
  everyMs: 5_000,
  missingForMs: 60_000,
  probeMs: 60_000,
  marginMicros: 30_000_000,
};

/** Without a witness the collection must be missing for this many times missingForMs. */
const ALONE = 10;
/** Another host sent none either: the network is quiet, and isn't asked again for this long. */
const QUIET_MS = 3_600_000;

/** Watches the host of one connection until the signal aborts, or until another host is found to send what this one leaves out. Never rejects. */
export async function watchHost(options: HostWatchOptions, signal: AbortSignal): Promise<void> {
  const { host, health, sample, timing, onBlind } = options;
  health.restart(host, sample());
  while (!signal.aborted) {
    await pause(timing.everyMs, signal);
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
      // If the witness can't be read, this host is read for a while before it is left again.
      for (const suspicion of suspicions) health.silence(suspicion.collection, sample().atMs + timing.missingForMs);
      onBlind({ collection, sinceMicros, witness: answer.witness });
      return;
    }
    const isAlarm = answer === 'unknown' && first.isLearnt && first.missingForMs >= ALONE * timing.missingForMs;
    health.silence(collection, now.atMs + (isAlarm || answer === 'sends none' ? QUIET_MS : timing.missingForMs));
    if (isAlarm) onBlind({ collection, sinceMicros: first.sinceMicros, witness: undefined });
  }
}

async function askOthers(
  { collection, sinceMicros }: Suspicion,
  toMicros: number,
  { others, timing }: HostWatchOptions,
  signal: AbortSignal,
): Promise<{ readonly witness: string } | 'sends none' | 'unknown' | 'too early'> {
  const fromMicros = sinceMicros + timing.marginMicros;
  if (toMicros <= fromMicros) return 'too early';
  let isAnswered = false;
  for (const host of others) {
    const answer = await probeHost({ host, collection, fromMicros, toMicros, timeoutMs: timing.probeMs }, signal);
    if (answer === 'sends') return { witness: host };
    if (answer === 'sends none') isAnswered = true;
  }
  return isAnswered ? 'sends none' : 'unknown';
}
