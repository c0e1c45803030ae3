import { useMemo } from 'preact/hooks';
import { Chart } from '../../../parts/chart.tsx';
import { Notice } from '../../../parts/notice.tsx';
import { OldReports } from '../../../parts/old-numbers.tsx';
import { daysOf, type FeedReport, lineOf, MEASURES, type Measure } from './feed-numbers.ts';
import { useFeedReport } from './use-feed-report.ts';

/** What is looked at together. */
const CHARTS: readonly { readonly title: string; readonly measures: readonly Measure[] }[] = [
  { title: 'Readers', measures: ['requests', 'viewers'] },
  { title: 'Posts', measures: ['served', 'seen'] },
  { title: 'Likes', measures: ['likesPerSeen'] },
  { title: 'What readers do not want', measures: ['lessPerSeen'] },
];

export function ByDay({ feed }: { feed: string }) {
  const { value, error } = useFeedReport(feed, 'day');
  return (
    <section>
      <h2>By day</h2>
      <p class="hint">Signed-in viewers of the last 30 days (UTC). What fewer than five did is not told.</p>
      <Notice error={error} hasValue={value !== undefined} />
      <OldReports />
      {value === undefined ? <div class="charts waiting" /> : <Charts report={value} />}
    </section>
  );
}

function Charts({ report }: { report: FeedReport }) {
  const charts = useMemo(() => {
    const times = daysOf(report);
    return CHARTS.map(({ title, measures }) => ({
      title,
      times,
      lines: measures.map((measure) => ({ title: MEASURES[measure], values: lineOf(report, measure) })),
    }));
  }, [report]);
  if (report.days.length === 0) return <p class="quiet">Nobody who was signed in has read it yet.</p>;
  return (
    <div class="charts">
      {charts.map(({ title, times, lines }) => (
        <Chart key={title} title={title} times={times} lines={lines} none="" />
      ))}
    </div>
  );
}
