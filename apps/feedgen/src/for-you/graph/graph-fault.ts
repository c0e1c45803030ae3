import { lasting } from '@updraft/service';
import type { GraphState } from './messages.ts';

const HOUR_MS = 3_600_000;

/** What keeps the graph of likes from good answers, in a sentence; undefined when nothing does. */
export function graphFault(state: GraphState | undefined, nowMs: number): string | undefined {
  const because = state?.failure === undefined ? '' : `: ${state.failure}`;
  const newest = state?.hours[0];
  if (newest === undefined) return `readers get the fallback, since the likes of no hour are read yet${because}`;
  const endedMs = nowMs - (newest + 1) * HOUR_MS;
  // The hour that has just begun is read within a minute.
  if (endedMs >= HOUR_MS) return `the latest likes in memory are more than ${lasting(endedMs)} old${because}`;
  return because === '' ? undefined : `likes of an hour could not be read${because}`;
}
