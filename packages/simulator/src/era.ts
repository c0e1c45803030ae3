import { readFileSync, writeFileSync } from 'node:fs';

/** What a running world is, so that a restart goes on with the same one: the same events under the same sequence numbers. */
export interface Era {
  readonly seed: number;
  readonly accounts: number;
  readonly hostile: number;
  readonly divergence: number;
  readonly eventsPerDay: number;
  readonly liveRate: number;
  /** Where its history ends and its live stream begins. */
  readonly nowMicros: number;
  readonly firstSeq: number;
}

export type EraSettings = Omit<Era, 'nowMicros' | 'firstSeq'>;

/** A start catches up with at most this many events: half a minute of work. */
const MAX_CATCH_UP_EVENTS = 4_000_000;
const ANCHOR_MICROS = 600_000_000;
const SEQUENCES_PER_SECOND = 100_000;

/**
 * The era kept in `file`, if it has these settings and the world can catch up with the time since; else a new one, which is kept. Its
 * live stream began at the last full ten minutes, so that two starts within them show the same world. Its sequence numbers are above
 * those of all earlier eras: a reader's old cursor then lies before the new history, and the reader gets all of it.
 */
export function openEra(file: string | undefined, settings: EraSettings, wallMicros: number): Era {
  const kept = file === undefined ? undefined : readEra(file);
  if (kept !== undefined && hasSettings(kept, settings)) {
    const missed = ((wallMicros - kept.nowMicros) / 1e6) * kept.liveRate;
    if (missed >= 0 && missed <= MAX_CATCH_UP_EVENTS) return kept;
  }
  const nowMicros = Math.floor(wallMicros / ANCHOR_MICROS) * ANCHOR_MICROS;
  const era = { ...settings, nowMicros, firstSeq: Math.floor(wallMicros / 1e6) * SEQUENCES_PER_SECOND };
  if (file !== undefined) writeFileSync(file, `${JSON.stringify(era)}\n`);
  return era;
}

function readEra(file: string): Era | undefined {
  try {
    // Earlier versions wrote no divergence.
    const era = { divergence: 0, ...(JSON.parse(readFileSync(file, 'utf8')) as object) };
    return isEra(era) ? era : undefined;
  } catch {
    return undefined;
  }
}

function isEra(value: unknown): value is Era {
  const numbers = ['seed', 'accounts', 'hostile', 'divergence', 'eventsPerDay', 'liveRate', 'nowMicros', 'firstSeq'];
  return (
    typeof value === 'object' &&
    value !== null &&
    numbers.every((name) => typeof (value as Record<string, unknown>)[name] === 'number')
  );
}

function hasSettings(era: Era, settings: EraSettings): boolean {
  return (Object.keys(settings) as (keyof EraSettings)[]).every((name) => era[name] === settings[name]);
}
