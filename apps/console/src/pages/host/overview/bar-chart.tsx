import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import { formatCount, formatShort } from '../../../data/format.ts';
import { useScheme } from '../../../data/theme.ts';
import { resolveColour } from '../../../parts/chart-options.ts';

interface BarChartProps {
  readonly title: string;
  /** What each bar is of. */
  readonly names: readonly string[];
  readonly values: readonly (number | null)[];
}

const HEIGHT = 190;

/** A bar for each part. The same numbers stand in a table near it. */
export function BarChart({ title, names, values }: BarChartProps) {
  const box = useRef<HTMLDivElement>(null);
  const scheme = useScheme();
  const key = JSON.stringify([names, values]);
  useEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    const data: uPlot.AlignedData = [names.map((_, index) => index), [...values]];
    const plot = new uPlot(optionsOf(element, title, names), data, element);
    const resize = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height: HEIGHT }));
    resize.observe(element);
    return () => {
      resize.disconnect();
      plot.destroy();
    };
  }, [title, key, scheme]);
  return (
    <figure class="chart">
      <figcaption>{title}</figcaption>
      <div class="plot" aria-hidden="true" ref={box} />
    </figure>
  );
}

function optionsOf(element: HTMLElement, title: string, names: readonly string[]): uPlot.Options {
  const colour = (name: string) => resolveColour(element, name);
  const axis = { stroke: colour('--quiet'), ticks: { show: false } };
  const grid = { stroke: colour('--rule'), width: 1 };
  return {
    width: element.clientWidth,
    height: HEIGHT,
    scales: {
      x: { time: false, range: [-0.5, names.length - 0.5] },
      y: { range: (_plot, _min, max) => [0, max === null || max <= 0 ? 1 : max * 1.05] },
    },
    axes: [
      {
        ...axis,
        grid: { show: false },
        splits: names.map((_, index) => index),
        values: (_plot, splits) => splits.map((split) => names[split] ?? ''),
      },
      { ...axis, grid, size: 52, values: (_plot, ticks) => ticks.map(formatShort) },
    ],
    series: [
      { label: 'Places', value: (_plot, value: number | null) => (value === null ? '–' : (names[value] ?? '')) },
      {
        label: title,
        fill: colour('--line-1'),
        width: 0,
        points: { show: false },
        ...(uPlot.paths.bars !== undefined && { paths: uPlot.paths.bars({ size: [0.6, 60] }) }),
        value: (_plot, value: number | null) => (value === null ? '–' : formatCount(value)),
      },
    ],
  };
}
