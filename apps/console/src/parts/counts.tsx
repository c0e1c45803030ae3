import type { ComponentChildren } from 'preact';
import { formatCount } from '../data/format.ts';
import './counts.css';

interface CountsProps {
  readonly counts: readonly { readonly key: string; readonly name: ComponentChildren; readonly count: number }[];
  /** What is said where there is none. */
  readonly none: string;
}

/** Names and how many there are of each, below each other. */
export function Counts({ counts, none }: CountsProps) {
  if (counts.length === 0) return none === '' ? null : <p class="quiet">{none}</p>;
  return (
    <dl class="counts">
      {counts.map(({ key, name, count }) => (
        <div key={key}>
          <dt>{name}</dt>
          <dd>{formatCount(count)}</dd>
        </div>
      ))}
    </dl>
  );
}
