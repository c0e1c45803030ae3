/** The answer of GET /stats/ingest, as far as everybody is interested. */
export interface IngestStats {
  readonly updated_at: string;
  readonly streams: readonly {
    readonly stream: string;
    readonly last_event_at: string;
    readonly lag_seconds: number;
    readonly saved_at: string;
  }[];
  readonly num_events_last_hour: number;
  readonly num_events_this_hour: number;
  readonly num_open_gaps: number;
}

export interface RateSample {
  readonly atMs: number;
  readonly stats: IngestStats;
  /** Events a second since the sample before; null for the first. */
  readonly rate: number | null;
  /** Null while no live stream is read. */
  readonly lagSeconds: number | null;
}

/** Ten minutes of reports. */
const MAX_SAMPLES = 60;
const HOUR_MS = 3_600_000;

/** The samples with the next report; the same ones when it says nothing new. */
export function withReport(samples: readonly RateSample[], stats: IngestStats): readonly RateSample[] {
  const atMs = Date.parse(stats.updated_at);
  const last = samples.at(-1);
  if (last !== undefined && atMs <= last.atMs) return samples;
  const lags = stats.streams.map((stream) => stream.lag_seconds);
  const lagSeconds = lags.length === 0 ? null : Math.max(...lags);
  const sample = { atMs, stats, rate: last === undefined ? null : rateBetween(last, { atMs, stats }), lagSeconds };
  return [...samples, sample].slice(-MAX_SAMPLES);
}

type Reported = Pick<RateSample, 'atMs' | 'stats'>;

/** Undone by a report that counts fewer, such as after events were erased: then nothing is known. */
function rateBetween(from: Reported, to: Reported): number | null {
  const hours = hourOf(to) - hourOf(from);
  if (hours > 1) return null;
  const before = from.stats.num_events_this_hour;
  const events =
    hours === 0
      ? to.stats.num_events_this_hour - before
      : to.stats.num_events_last_hour - before + to.stats.num_events_this_hour;
  return events < 0 ? null : events / ((to.atMs - from.atMs) / 1000);
}

function hourOf({ atMs }: Reported): number {
  return Math.floor(atMs / HOUR_MS);
}
