import { formatCount } from '../data/format.ts';

/** One number and what it counts. */
export function Tile({ title, value, unit = '' }: { title: string; value: number | undefined; unit?: string }) {
  return (
    <div class="tile">
      <dt>{title}</dt>
      <dd>{value === undefined ? <span class="wait">…</span> : `${formatCount(value)}${unit}`}</dd>
    </div>
  );
}
