import { useEffect, useMemo, useState } from 'preact/hooks';
import { formatCount, formatSpan } from '../../data/format.ts';
import { Chart } from '../../parts/chart.tsx';
import { type IngestStats, type RateSample, withReport } from './rate-samples.ts';

/** How often to ask for GET /stats/ingest, which is counted every ten seconds. */
export const RATE_EVERY_MS = 5_000;

/** What comes in now: events a second and how far behind the index is, since the page was opened. */
export function LiveRate({ stats: value }: { stats: IngestStats | undefined }) {
  const [samples, setSamples] = useState<readonly RateSample[]>([]);
  useEffect(() => {
    if (value !== undefined) setSamples((known) => withReport(known, value));
  }, [value]);
  return (
    <section aria-labelledby="live">
      <h2 id="live">Now</h2>
      <p class="quiet">{sentenceOf(samples.at(-1))}</p>
      <RateCharts samples={samples} />
    </section>
  );
}

function sentenceOf(sample: RateSample | undefined): string {
  if (sample === undefined) return 'Waiting for the first report.';
  const { stats, lagSeconds } = sample;
  if (lagSeconds === null) return 'The index reads no live stream yet.';
  const behind = lagSeconds < 1 ? 'less than a second' : formatSpan(lagSeconds);
  const gaps = stats.num_open_gaps;
  const missing =
    gaps === 0
      ? ''
      : ` In ${gaps === 1 ? 'one stretch' : `${formatCount(gaps)} stretches`} of time events are missing.`;
  return `The index is ${behind} behind the network, and took ${formatCount(stats.num_events_this_hour)} events in this hour.${missing}`;
}

function RateCharts({ samples }: { samples: readonly RateSample[] }) {
  const drawn = useMemo(() => {
    const isRated = samples.some(({ rate }) => rate !== null);
    const times = samples.map(({ atMs }) => Math.round(atMs / 1000));
    return {
      rateTimes: isRated ? times : [],
      rate: [
        { title: 'Events a second', values: samples.map(({ rate }) => (rate === null ? null : Math.round(rate))) },
      ],
      lagTimes: samples.some(({ lagSeconds }) => lagSeconds !== null) ? times : [],
      lag: [{ title: 'Seconds', values: samples.map(({ lagSeconds: lag }) => lag && Math.round(lag * 10) / 10) }],
    };
  }, [samples]);
  const none = 'The first point comes in about ten seconds.';
  return (
    <div class="charts">
      <Chart title="Events a second" by="moment" times={drawn.rateTimes} lines={drawn.rate} none={none} />
      <Chart title="Behind the network, in seconds" by="moment" times={drawn.lagTimes} lines={drawn.lag} none="" />
    </div>
  );
}
