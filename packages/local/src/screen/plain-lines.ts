import type { Figures } from './figures.ts';
import { clock, count, rowCount, seconds } from './format.ts';
import { SHOWN_TABLES, type Snapshot, type TimedRemark } from './snapshot.ts';

/** `12:00:05  4,210 events/s  1,203,332 since start  lag 0.8 s  posts …  likes ≈812,000  rejected 0  gaps 0` */
export function progressLine({ atMs, isLive, figures, rows, parts }: Snapshot): string {
  const shown = figures === undefined ? ['indexer not answering'] : figureWords(figures, isLive);
  const counts = SHOWN_TABLES.flatMap(([table, label]) => {
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

function figureWords({ eventsPerSecond, total, lagSeconds, connectedTo }: Figures, isLive: boolean): string[] {
  const words = [
    `${eventsPerSecond === undefined ? '–' : count(eventsPerSecond)} events/s`,
    `${count(total)} since start`,
  ];
  if (connectedTo === undefined) return [...words, 'no connection to the network'];
  return isLive ? [...words, `lag ${seconds(lagSeconds)}`] : words;
}
