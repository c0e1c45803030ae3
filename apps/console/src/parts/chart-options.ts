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
  readonly isBars: boolean;
  readonly height: number;
}

const COLOURS = ['--line-1', '--line-2', '--line-3', '--line-4', '--line-5'];

export function chartData(times: readonly number[], lines: readonly ChartLine[]): uPlot.AlignedData {
  return [[...times], ...lines.map(({ values }) => [...values])] as uPlot.AlignedData;
}

export function chartOptions(element: HTMLElement, { titles, by, isBars, height }: Wanted): uPlot.Options {
  const colour = (name: string) => resolveColour(element, name);
  const axis = { stroke: colour('--quiet'), grid: { stroke: colour('--rule'), width: 1 }, ticks: { show: false } };
  return {
    width: element.clientWidth,
    height,
    padding: [12, 28, 0, 0],
    ...(by === 'day' && { tzDate: (seconds: number) => uPlot.tzDate(new Date(seconds * 1000), 'Etc/UTC') }),
    scales: { x: { range: by === 'moment' ? lastMinutes : isBars ? roundDays : extentOf }, y: { range: fromZero } },
    hooks: { draw: [tellNewest], setCursor: [tellNewest] },
    axes: [
      {
        ...axis,
        size: 32,
        space: 80,
        ...(by === 'day' && { incrs: DAY_STEPS }),
        values: (_plot, ticks) => ticks.map(TIMES[by]),
      },
      { ...axis, size: 52, values: (_plot, ticks) => ticks.map(formatShort) },
    ],
    series: [
      {
        label: by === 'day' ? 'Day' : 'Time',
        value: (_plot, seconds) => (seconds === null ? '–' : TIMES[by](seconds)),
      },
      ...titles.map((title, index) => ({
        label: title,
        stroke: colour(COLOURS[index] ?? '--line-1'),
        ...(isBars ? barsOf(index, titles.length, colour(COLOURS[index] ?? '--line-1')) : { width: 2 }),
        value: (_plot: uPlot, value: number | null) => (value === null ? '–' : formatCount(value)),
      })),
    ],
  };
}

/** Where nobody points at the lines, the legend has their newest values. */
function tellNewest(plot: uPlot): void {
  const { idx } = plot.cursor;
  if (idx === null || idx === undefined) plot.setLegend({ idx: plot.data[0].length - 1 });
}

const DAY_S = 86_400;
const DAY_STEPS = [1, 2, 7, 14, 28, 91, 182, 365].map((days) => days * DAY_S);
const day = new Intl.DateTimeFormat('en', { day: 'numeric', month: 'short', timeZone: 'UTC' });
const clock = new Intl.DateTimeFormat('en', {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
});

/** Days are UTC days; moments are in the reader's time zone. */
const TIMES = {
  day: (seconds: number) => day.format(seconds * 1000),
  moment: (seconds: number) => clock.format(seconds * 1000),
} as const;

/** A line through a few days says nothing. */
const MOST_BARS = 4;

export function hasBars(by: 'day' | 'moment', count: number): boolean {
  return by === 'day' && count <= MOST_BARS;
}

/** The bars of a day stand beside each other, around it. */
function barsOf(index: number, of: number, fill: string): Partial<uPlot.Series> {
  const [from, width] = barPlace(index, of);
  const disp = {
    x0: { unit: SCALE_VALUE, values: (plot: uPlot) => Array.from(plot.data[0], (seconds) => seconds + from * DAY_S) },
    size: { unit: SCALE_VALUE, values: (plot: uPlot) => Array.from(plot.data[0], () => width * DAY_S) },
  };
  const paths = uPlot.paths.bars?.({ disp });
  return { fill, width: 0, points: { show: false }, ...(paths !== undefined && { paths }) };
}

/** uPlot.Series.BarsPathBuilderFacetUnit, which has no value in the code that runs. */
const SCALE_VALUE = 1;

/** Where a bar begins and how wide it is, in days from the middle of its day: two fifths of the day stay empty. */
export function barPlace(index: number, of: number): [from: number, width: number] {
  const width = 0.6 / of;
  return [width * index - 0.3, width * 0.92];
}

/** The first and the last moment. uPlot itself makes a day out of a single one. */
function extentOf({ data: [times] }: uPlot): [first: number, last: number] {
  return [times[0] ?? 0, times.at(-1) ?? 0];
}

/** Each day whole, with its bars in the middle; three of them at least, so that a single one does not fill the chart. */
function roundDays(plot: uPlot): [number, number] {
  const [first, last] = extentOf(plot);
  const more = Math.max(0.5, 1.5 - (last - first) / DAY_S / 2);
  return [first - more * DAY_S, last + more * DAY_S];
}

/** The newest moment stands at the end, and two minutes before it are there from the beginning. */
function lastMinutes(plot: uPlot): [number, number] {
  const [first, last] = extentOf(plot);
  return [Math.min(first, last - 120), last];
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
