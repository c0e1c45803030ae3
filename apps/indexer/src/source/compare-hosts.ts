import { createLiveSource } from '@updraft/jetstream';
import { pause } from '@updraft/service';
import { timePoint } from '../cursor/resume-point.ts';
import type { BlindHost } from './host-watch.ts';
import { createTally, type Follower, type Stretch, type Tally, thinnerCollections } from './tally.ts';

/** alike: nothing is missing. thinner: the host brings markedly less of a collection. unknown: one of the two did not come far enough in time. */
export type ComparisonOutcome = 'alike' | 'thinner' | 'unknown';

export interface CompareTiming {
  /** 0: never. */
  readonly everyMs: number;
  /** The stretch of the stream that is compared. */
  readonly stretchMicros: number;
  readonly marginMicros: number;
  /** How long a comparison may take. */
  readonly timeoutMs: number;
}

export const COMPARE_TIMING: Omit<CompareTiming, 'everyMs'> = {
  stretchMicros: 60_000_000,
  marginMicros: 30_000_000,
  timeoutMs: 300_000,
};

export interface CompareOptions {
  /** The hosts to compare with, in turn. */
  readonly others: readonly string[];
  readonly timing: CompareTiming;
  /** Up to when nothing was missing; kept up to date. */
  readonly compared: { micros: number };
  /** Of the host's own stream. */
  readonly follower: Pick<Follower, 'follow' | 'latestMicros'>;
  onCompared(other: string, outcome: ComparisonOutcome): void;
}

/**
 * Compares the host of one connection with another one now and then, by how many commits of each collection both bring in a stretch. Gives
 * what it leaves out; undefined when the signal aborts before. Never rejects.
 */
export async function untilThinner(options: CompareOptions, signal: AbortSignal): Promise<BlindHost | undefined> {
  const { others, timing, compared, follower, onCompared } = options;
  if (others.length === 0 || timing.everyMs === 0) return undefined;
  for (let turn = 0; ; turn++) {
    await pause(timing.everyMs, signal);
    if (signal.aborted) return undefined;
    const other = others[turn % others.length] ?? '';
    const fromMicros = follower.latestMicros() + timing.marginMicros;
    const stretch = { fromMicros, toMicros: fromMicros + timing.stretchMicros, marginMicros: timing.marginMicros };
    const ours = createTally(stretch);
    follower.follow(ours);
    const theirs = await tallyOf(other, stretch, ours, timing.timeoutMs, signal);
    follower.follow(undefined);
    if (signal.aborted) return undefined;
    const [collection] = theirs === undefined ? [] : thinnerCollections(ours, theirs);
    onCompared(other, theirs === undefined ? 'unknown' : collection === undefined ? 'alike' : 'thinner');
    if (collection !== undefined) return { collection, sinceMicros: compared.micros, witness: other };
    if (theirs !== undefined) compared.micros = stretch.toMicros;
  }
}

/** Reads the stretch from another host until both streams are past it; undefined when that takes too long. */
async function tallyOf(
  host: string,
  stretch: Stretch,
  ours: Tally,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Tally | undefined> {
  const theirs = createTally(stretch);
  const live = createLiveSource(host, { idleTimeoutMs: timeoutMs, maxPauseMs: timeoutMs });
  const timeout = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  const stream = live.open(timePoint(stretch.fromMicros - stretch.marginMicros), timeout);
  for await (const frames of stream) {
    for (const text of frames) {
      const frame = live.parse(text);
      if (frame.kind === 'event') theirs.add(frame.event);
    }
    if (theirs.isOver()) break;
  }
  while (theirs.isOver() && !ours.isOver() && !timeout.aborted) await pause(LOOK_EVERY_MS, timeout);
  return theirs.isOver() && ours.isOver() ? theirs : undefined;
}

const LOOK_EVERY_MS = 100;
