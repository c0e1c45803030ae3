import { useMemo, useState } from 'preact/hooks';
import { Chart } from '../../../parts/chart.tsx';
import { Table } from '../../../parts/table.tsx';
import { numberText } from './by-position.tsx';
import { daysOf, type FeedReport, lineOf, MEASURES, type Measure, measure, partsOf, sumOf } from './feed-numbers.ts';
import { useFeedReport } from './use-feed-report.ts';

const COLUMNS: readonly Measure[] = ['requests', 'served', 'seen', 'likes', 'likesPerSeen', 'lessPerSeen'];

/** The feed's variants side by side. A feed without variants has nothing to compare. */
export function ByVariant({ feed }: { feed: string }) {
  const { value } = useFeedReport(feed, 'variant');
  const names = useMemo(() => (value === undefined ? [] : partsOf(value, 'variant')), [value]);
  if (value === undefined || names.length < 2) return null;
  return (
    <section>
      <h2>Variants</h2>
      <Variants report={value} names={names} />
    </section>
  );
}

function Variants({ report, names }: { report: FeedReport; names: readonly string[] }) {
  const [of, setOf] = useState<Measure>('likesPerSeen');
  const chart = useMemo(
    () => ({
      times: daysOf(report),
      lines: names.map((name) => ({ title: titleOf(name), values: lineOf(report, of, { key: 'variant', name }) })),
    }),
    [report, names, of],
  );
  const sums = names.map((name) => ({ name, sum: sumOf(report, 'variant', name) }));
  return (
    <>
      <p>
        <label>
          Compare{' '}
          <select value={of} onChange={(event) => setOf(event.currentTarget.value as Measure)}>
            {Object.entries(MEASURES).map(([value, title]) => (
              <option key={value} value={value}>
                {title}
              </option>
            ))}
          </select>
        </label>
      </p>
      <Chart title={MEASURES[of]} times={chart.times} lines={chart.lines} none="Nobody has read them yet." />
      <Table
        label="Variants"
        columns={[{ title: 'Variant' }, ...COLUMNS.map((column) => ({ title: MEASURES[column], isNumber: true }))]}
        rows={sums.map(({ name, sum }) => ({
          key: name,
          cells: [titleOf(name), ...COLUMNS.map((column) => numberText(measure(sum, column)))],
        }))}
        none=""
      />
    </>
  );
}

const titleOf = (name: string): string => (name === '' ? 'the feed as it is' : name);
