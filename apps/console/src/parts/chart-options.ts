import uPlot from 'uplot';
import { formatCount, formatShort } from '../data/format.ts';

export interface ChartLine {
  readonly title: string;
  /** Null where nothing is known: the line has a gap there. */
  readonly values: readonly (number | null)[];
}

interface Wanted {
  readonly titles: readonly string[];
  readonly by: 'day' | 'moment';
  readonly height: number;
}

const COLOURS = ['--line-1', '--line-2', '--line-3', '--line-4', '--line-5'];

export function chartData(times: readonly number[], lines: readonly ChartLine[]): uPlot.AlignedData {
  return [[...times], ...lines.map(({ values }) => [...values])] as uPlot.AlignedData;
}

export function chartOptions(element: HTMLElement, { titles, by, height }: Wanted): uPlot.Options {
  const colour = (name: string) => resolveColour(element, name);
  const axis = { stroke: colour('--quiet'), grid: { stroke: colour('--rule'), width: 1 }, ticks: { show: false } };
  return {
    width: element.clientWidth,
    height,
    ...(by === 'day' && { tzDate: (seconds: number) => uPlot.tzDate(new Date(seconds * 1000), 'Etc/UTC') }),
    scales: { y: { range: fromZero } },
    axes: [axis, { ...axis, size: 52, values: (_plot, ticks) => ticks.map(formatShort) }],
    series: [
      { value: by === 'day' ? '{YYYY}-{MM}-{DD}' : '{HH}:{mm}:{ss}' },
      ...titles.map((title, index) => ({
        label: title,
        stroke: colour(COLOURS[index] ?? '--line-1'),
        width: 2,
        value: (_plot: uPlot, value: number | null) => (value === null ? '–' : formatCount(value)),
      })),
    ],
  };
}

/** Counts are compared by their height, so the axis begins at 0. */
function fromZero(_plot: uPlot, _min: number | null, max: number | null): [number, number] {
  return [0, max === null || max <= 0 ? 1 : max * 1.05];
}

/** What a custom property means in the light or the dark. */
export function resolveColour(element: HTMLElement, name: string): string {
  const probe = element.appendChild(document.createElement('i'));
  probe.style.color = `var(${name})`;
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}
