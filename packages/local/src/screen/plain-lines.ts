import { clock, count, rowCount, seconds } from './format.ts';
import { type Snapshot, shownTables, type TimedRemark } from './snapshot.ts';

/** `12:00:05  4,210 events/s  total 1,203,332  lag 0.8 s  likes ≈812,000  posts …  rejected 0  gaps 0` */
export function progressLine({ atMs, isLive, figures, rows, parts }: Snapshot): string {
  const shown = figures === undefined ? ['indexer not answering'] : figureWords(figures, isLive);
  const counts = shownTables.flatMap(([table, label]) => {
    const stored = rows?.[table];
    return stored === undefined || table === 'repo_records' ? [] : [`${label} ${rowCount(stored)}`];
  });
  const errors = figures === undefined ? [] : [`rejected ${count(figures.rejected)}`, `gaps ${count(figures.gaps)}`];
  if (figures !== undefined && figures.retries > 0) errors.push(`retries ${count(figures.retries)}`);
  const down = parts.filter(({ state }) => state !== 'running').map(({ name, state }) => `${name} ${state}`);
  return [clock(atMs), ...shown, ...counts, ...errors, ...down].join('  ');
}

/** `12:00:05  indexer: ended (exit code 1)` */
export function remarkLine({ atMs, part, text }: TimedRemark): string {
  return `${clock(atMs)}  ${part}: ${text}`;
}

function figureWords(figures: NonNullable<Snapshot['figures']>, isLive: boolean): string[] {
  const rate = figures.eventsPerSecond === undefined ? '–' : count(figures.eventsPerSecond);
  const words = [`${rate} events/s`, `total ${count(figures.total)}`];
  return isLive ? [...words, `lag ${seconds(figures.lagSeconds)}`] : words;
}
