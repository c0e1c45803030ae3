import { count } from '@updraft/service';
import type { RowCount } from './snapshot.ts';

export { count, lasting } from '@updraft/service';

/** `285,071`; an estimate `≈285,000` and an upper bound `≤286,000`, since further digits would say nothing; `–` when unknown. */
export function rowCount(value: RowCount | undefined): string {
  if (value === undefined) return '–';
  const { rows, precision } = value;
  if (precision === 'exact') return count(rows);
  const step = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, rows))) - 2);
  return precision === 'estimate'
    ? `≈${count(Math.round(rows / step) * step)}`
    : `≤${count(Math.ceil(rows / step) * step)}`;
}

/** `0.8 s`, `95 s`, `12 min`, `3.2 h`, `4 d`; `–` when unknown. */
export function seconds(value: number | undefined): string {
  if (value === undefined) return '–';
  if (value < 10) return `${Math.max(0, value).toFixed(1)} s`;
  if (value < 120) return `${Math.round(value)} s`;
  if (value < 7_200) return `${Math.round(value / 60)} min`;
  if (value < 172_800) return `${(value / 3_600).toFixed(1)} h`;
  return `${Math.round(value / 86_400)} d`;
}

/** `612 MB`, `1.4 GB`, `12 kB`; `–` when unknown. */
export function bytes(value: number | undefined): string {
  if (value === undefined) return '–';
  if (value < 1_000_000) return `${Math.round(value / 1_000)} kB`;
  if (value < 10_000_000) return `${(value / 1_000_000).toFixed(1)} MB`;
  if (value < 1_000_000_000) return `${Math.round(value / 1_000_000)} MB`;
  return `${(value / 1_000_000_000).toFixed(1)} GB`;
}

/** `12:00:05`, local time. */
export function clock(atMs: number): string {
  const date = new Date(atMs);
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
