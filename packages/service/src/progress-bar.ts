import { count, lasting } from './format.ts';

/** How far a long task has come. */
export interface WorkState {
  /** What the task works on, such as a file. */
  readonly subject: string;
  /** 0 … 1. */
  readonly share: number;
  readonly count: number;
  /** The unit of `count`, such as `events`. */
  readonly unit: string;
  readonly elapsedMs: number;
}

export interface ProgressBar {
  /** Shows the last state and ends the line. */
  finish(): void;
}

export interface ProgressOutput {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

const TTY_EVERY_MS = 100;
const PLAIN_EVERY_MS = 5_000;

/** Shows the state until finish(): on a terminal one line that is rewritten, elsewhere a line every few seconds. */
export function startProgressBar(state: () => WorkState, output: ProgressOutput): ProgressBar {
  const isTerminal = output.isTTY === true;
  const show = (): void => {
    if (isTerminal) output.write(`\r\u001b[K${progressLine(state(), (output.columns ?? 80) - 1)}`);
    else output.write(`${progressLine(state(), 200)}\n`);
  };
  const timer = setInterval(show, isTerminal ? TTY_EVERY_MS : PLAIN_EVERY_MS);
  timer.unref();
  return {
    finish: () => {
      clearInterval(timer);
      show();
      if (isTerminal) output.write('\n');
    },
  };
}

const BAR_WIDTH = 24;

/** `subject  [████░░] 42 %  1,234,567 events  85,000/s  1:05 left`, in at most `columns` characters. */
export function progressLine({ subject, share, count: counted, unit, elapsedMs }: WorkState, columns: number): string {
  const done = Math.min(1, Math.max(0, share));
  const filled = Math.round(done * BAR_WIDTH);
  const bar = '█'.repeat(filled) + '░'.repeat(BAR_WIDTH - filled);
  const rate = elapsedMs > 0 ? Math.round((counted * 1000) / elapsedMs) : 0;
  const left = done > 0 && done < 1 ? `  ${lasting((elapsedMs * (1 - done)) / done)} left` : '';
  const figures = `  ${bar} ${String(Math.floor(done * 100)).padStart(3)} %  ${count(counted)} ${unit}  ${count(rate)}/s${left}`;
  const room = columns - figures.length;
  const name = subject.length > room ? `…${subject.slice(subject.length - Math.max(0, room - 1))}` : subject;
  return `${room > 1 ? name : ''}${figures}`.slice(0, Math.max(0, columns));
}
