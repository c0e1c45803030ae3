import { type ChildExit, describeExit } from '../process/child.ts';
import type { LastWords, Part, PartEvent, PartState, PartStatus, RunningPart } from './part.ts';
import { endWhenSilent, type SilenceLimits } from './silence.ts';

/** The runs of one part, one after the other. */
export interface Runs {
  status(): PartStatus;
  /** The part, while it runs. */
  current(): RunningPart | undefined;
  enter(state: PartState): void;
  /** @throws what the part's own start throws */
  start(): Promise<RunningPart>;
  /** Resolves at the end of the current run, with the time that it lasted in ms; at once, with 0, when there is none. */
  untilEnd(): Promise<number>;
}

export interface RunsDeps {
  /** Gets a line whenever the part ends or comes back. */
  readonly report: (event: PartEvent) => void;
  /** Called when a process starts and when it is gone, so that a later start can find orphans. */
  readonly onPid?: ((pid: number, alive: boolean) => Promise<void>) | undefined;
  /** When a part that runs but gives no answer is killed. */
  readonly silence?: SilenceLimits;
  readonly now?: () => number;
}

/** Starts a part, kills it when it gives no answer, reports its end, and knows its state. Once `stopping` is aborted nothing is reported. */
export function createRuns(part: Part, deps: RunsDeps, stopping: AbortSignal): Runs {
  const { report, onPid, silence, now = Date.now } = deps;
  const warn = (text: string) => report({ part: part.name, level: 'warn', text });
  let running: RunningPart | undefined;
  let state: PartState = 'stopped';
  let sinceMs = now();
  let starts = 0;
  const enter = (next: PartState) => {
    state = next;
    sinceMs = now();
  };
  return {
    status: () => ({ name: part.name, state, pid: running?.pid, sinceMs, restarts: Math.max(0, starts - 1) }),
    current: () => running,
    enter,
    async start() {
      starts += 1;
      enter('starting');
      running = await startNoted(part, onPid, stopping);
      enter('running');
      if (stopping.aborted) await running.kill('SIGKILL');
      return running;
    },
    async untilEnd() {
      if (running === undefined) return 0;
      const ended = running;
      const exit = await untilExit(ended, () => warn('gives no answer: killing it'), stopping, silence);
      running = undefined;
      await onPid?.(ended.pid, false);
      const words = explanation(exit, ended.lastWords?.(), now());
      if (!stopping.aborted) warn(`ended (${describeExit(exit)})${words}`);
      return now() - sinceMs;
    },
  };
}

/** Notes the process as soon as there is one, and takes the note back when the start fails. */
async function startNoted(part: Part, onPid: RunsDeps['onPid'], signal: AbortSignal): Promise<RunningPart> {
  let pid: number | undefined;
  let noted: Promise<void> | undefined;
  const onSpawn = (spawned: number) => {
    pid = spawned;
    noted = onPid?.(spawned, true);
  };
  try {
    const started = await part.start({ signal, onSpawn });
    await noted;
    return started;
  } catch (error) {
    if (pid !== undefined) await onPid?.(pid, false);
    throw error;
  }
}

async function untilExit(
  part: RunningPart,
  onSilence: () => void,
  stopping: AbortSignal,
  silence: RunsDeps['silence'],
): Promise<ChildExit> {
  const gone = new AbortController();
  void endWhenSilent(part, onSilence, AbortSignal.any([gone.signal, stopping]), silence);
  const exit = await part.exited;
  gone.abort();
  return exit;
}

/** Words said this shortly before an end explain it. */
const RECENT_MS = 5_000;

/** A part that fails by itself may take its time to close; one that is killed can't say why. */
function explanation({ code, signal }: ChildExit, words: LastWords | undefined, nowMs: number): string {
  if (words === undefined || signal === 'SIGKILL') return '';
  const hasFailed = code !== null && code !== 0;
  return hasFailed || nowMs - words.atMs <= RECENT_MS ? `: ${words.text}` : '';
}
