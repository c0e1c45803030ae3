import { useMemo } from 'preact/hooks';
import { formatCount } from '../../../data/format.ts';
import { Table } from '../../../parts/table.tsx';
import { BarChart } from './bar-chart.tsx';
import { type FeedReport, MEASURES, type Measure, measure, partsOf, sumOf } from './feed-numbers.ts';
import { useFeedReport } from './use-feed-report.ts';

const BARS: readonly Measure[] = ['seen', 'likesPerSeen'];
const COLUMNS: readonly Measure[] = ['served', 'seen', 'likes', 'likesPerSeen', 'lessPerSeen'];

/** The last 30 days together, by the place that a post had in the feed. */
export function ByPosition({ feed }: { feed: string }) {
  const { value } = useFeedReport(feed, 'position');
  if (value === undefined || value.days.length === 0) return null;
  return (
    <section>
      <h2>By position</h2>
      <Positions report={value} />
    </section>
  );
}

function Positions({ report }: { report: FeedReport }) {
  const rows = useMemo(
    () => partsOf(report, 'position').map((name) => ({ name, sum: sumOf(report, 'position', name) })),
    [report],
  );
  const names = useMemo(() => rows.map(({ name }) => name), [rows]);
  return (
    <>
      <div class="charts">
        {BARS.map((of) => (
          <BarChart key={of} title={MEASURES[of]} names={names} values={rows.map(({ sum }) => measure(sum, of))} />
        ))}
      </div>
      <Table
        label="By position"
        columns={[{ title: 'Places' }, ...COLUMNS.map((of) => ({ title: MEASURES[of], isNumber: true }))]}
        rows={rows.map(({ name, sum }) => ({
          key: name,
          cells: [name, ...COLUMNS.map((of) => numberText(measure(sum, of)))],
        }))}
        none="Nothing is told yet."
      />
    </>
  );
}

/** A dash is what is not told. */
export function numberText(value: number | null): string {
  return value === null ? '–' : formatCount(value);
}
