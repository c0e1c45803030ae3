import { type Effort, effortOf, FULL_EFFORT } from '@updraft/recommender';

/** How much a recommendation looks at while so many wait: it becomes simpler before it becomes slow. */
export function effortFor(waiting: number): Effort {
  if (waiting <= 4) return FULL_EFFORT;
  if (waiting <= 16) return HALF;
  return waiting <= 64 ? QUARTER : TENTH;
}

const HALF = effortOf(0.5);
const QUARTER = effortOf(0.25);
const TENTH = effortOf(0.1);
