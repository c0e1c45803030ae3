import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import { formatCount, formatShort } from '../data/format.ts';

export interface ChartLine {
  readonly title: string;
  readonly values: readonly number[];
}

interface ChartProps {
  readonly title: string;
  /** Seconds since 1970, rising. */
  readonly times: readonly number[];
  readonly lines: readonly ChartLine[];
}

const COLOURS = ['--line-1', '--line-2', '--line-3'];
const HEIGHT = 220;

/** Lines over days. A table of the same numbers stands beside it for those who don't see it. */
export function Chart({ title, times, lines }: ChartProps) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = box.current;
    if (element === null || times.length === 0) return undefined;
    const plot = new uPlot(optionsOf(element, lines), dataOf(times, lines), element);
    const resize = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height: HEIGHT }));
    resize.observe(element);
    return () => {
      resize.disconnect();
      plot.destroy();
    };
  }, [times, lines]);
  return (
    <figure class="chart">
      <figcaption>{title}</figcaption>
      <div ref={box} aria-hidden="true" />
      <Numbers title={title} times={times} lines={lines} />
    </figure>
  );
}

function dataOf(times: readonly number[], lines: readonly ChartLine[]): uPlot.AlignedData {
  return [[...times], ...lines.map(({ values }) => [...values])] as uPlot.AlignedData;
}

function optionsOf(element: HTMLElement, lines: readonly ChartLine[]): uPlot.Options {
  const colour = (name: string) => resolveColour(element, name);
  const axis = { stroke: colour('--quiet'), grid: { stroke: colour('--rule'), width: 1 }, ticks: { show: false } };
  return {
    width: element.clientWidth,
    height: HEIGHT,
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), 'Etc/UTC'), // days are UTC days
    axes: [axis, { ...axis, size: 56, values: (_plot, ticks) => ticks.map(formatShort) }],
    series: [
      {},
      ...lines.map(({ title }, index) => ({
        label: title,
        stroke: colour(COLOURS[index] ?? '--line-1'),
        width: 2,
        value: (_plot: uPlot, value: number | null) => (value === null ? '–' : formatCount(value)),
      })),
    ],
  };
}

/** What a custom property means in the light or the dark. */
function resolveColour(element: HTMLElement, name: string): string {
  const probe = element.appendChild(document.createElement('i'));
  probe.style.color = `var(${name})`;
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

function Numbers({ title, times, lines }: ChartProps) {
  return (
    <table class="unseen">
      <caption>{title}</caption>
      <thead>
        <tr>
          <th scope="col">Day</th>
          {lines.map((line) => (
            <th key={line.title} scope="col">
              {line.title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {times.map((seconds, index) => (
          <tr key={seconds}>
            <th scope="row">{new Date(seconds * 1000).toISOString().slice(0, 10)}</th>
            {lines.map((line) => (
              <td key={line.title}>{formatCount(line.values[index] ?? 0)}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
