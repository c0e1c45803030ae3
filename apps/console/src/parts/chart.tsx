import { useEffect, useMemo, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import { useScheme } from '../data/theme.ts';
import { type ChartLine, chartData, chartOptions, hasBars } from './chart-options.ts';
import './chart.css';
import { ChartNumbers } from './chart-numbers.tsx';

interface ChartProps {
  readonly title: string;
  /** Seconds since 1970, rising. */
  readonly times: readonly number[];
  readonly lines: readonly ChartLine[];
  /** Moments are shown in the reader's time zone; days are UTC days. */
  readonly by?: 'day' | 'moment';
  /** What is said while there is nothing to draw. */
  readonly none: string;
}

const HEIGHT = 180;

/** Lines over time. Their numbers unfold as a table below it, to be read aloud and copied. */
export function Chart({ title, times, lines, by = 'day', none }: ChartProps) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  const scheme = useScheme();
  const data = useMemo(() => chartData(times, lines), [times, lines]);
  const latest = useRef(data);
  latest.current = data;
  const titles = lines.map((line) => line.title).join('\n');
  const isEmpty = times.length === 0;
  /** Where this changes, the chart is made anew. */
  const isBars = hasBars(by, times.length);
  useEffect(() => {
    const element = box.current;
    if (element === null || isEmpty) return undefined;
    const options = chartOptions(element, { titles: titles.split('\n'), by, isBars, height: HEIGHT });
    const made = new uPlot(options, latest.current, element);
    plot.current = made;
    const resize = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height: HEIGHT }));
    resize.observe(element);
    return () => {
      resize.disconnect();
      made.destroy();
      plot.current = undefined;
    };
  }, [titles, by, isEmpty, isBars, scheme]);
  useEffect(() => {
    plot.current?.setData(data);
  }, [data]);
  return (
    <figure class="chart">
      <figcaption>{title}</figcaption>
      <div class="plot" aria-hidden="true" ref={box} />
      {isEmpty ? <p class="none quiet">{none}</p> : <ChartNumbers title={title} times={times} lines={lines} by={by} />}
    </figure>
  );
}
