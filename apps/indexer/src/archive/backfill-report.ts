import type { ReplayTally } from '../replay/tally.ts';
import type { BackfillResult } from './backfill.ts';
import { type Damage, damagedPart } from './damage.ts';

/** The last words of `pnpm backfill`, for people. */
export function textReport({ bytes }: BackfillResult, tally: ReplayTally, seconds: number): string {
  return `${tally.report()}\n${line((bytes / 1e6).toFixed(1), 'MB of segments')}\n${line(seconds.toFixed(1), 'seconds')}\n`;
}

function line(value: string, unit: string): string {
  return `${value.padStart(14)}  ${unit}`;
}

/** The same for programs. `rows`: all that were read; `events`: those of them that were wanted and understood. */
export function jsonLine({ rows, bytes, damages }: BackfillResult, tally: ReplayTally, seconds: number): string {
  const result = {
    events: tally.events(),
    rejected: tally.rejections(),
    rows,
    bytes,
    seconds: Number(seconds.toFixed(1)),
    corrupt: damages.map(({ segment, block, minSeq, maxSeq }) => ({ segment, block, minSeq, maxSeq })),
  };
  return `${JSON.stringify(result)}\n`;
}

const MAX_NAMED = 5;

/** What was corrupt, and what to do about it. */
export function damageSentence(damages: readonly Damage[]): string {
  const named = damages.slice(0, MAX_NAMED).map(damagedPart).join(', ');
  const more = damages.length > MAX_NAMED ? ` and ${damages.length - MAX_NAMED} more` : '';
  return `corrupt, and left out: ${named}${more}. All else is in. ingest_gaps has the stretches: they heal when an archive has them whole`;
}
