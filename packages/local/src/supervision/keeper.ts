import { type Backoff, backoff, SetupError, sleep } from '@updraft/service';
import { type ChildExit, describeExit } from '../process/child.ts';
import type { LastWords, Part, PartState, PartStatus, RunningPart } from './part.ts';
import { endWhenSilent, type SilenceLimits } from './silence.ts';

/** Keeps one part running until it is stopped. */
export interface Keeper {
  readonly name: string;
  /**
   * Starts the part the first time.
   * @throws what the part's own start throws; then nothing is kept
   */
  start(): Promise<void>;
  status(): PartStatus;
  /** Ends the part in order, or at once after `graceMs`, and does not start it again. */
  stop(graceMs: number): Promise<void>;
  /** Ends the part at once and does not start it again. */
  kill(): void;
}

export interface KeeperDeps {
  /** Gets a line whenever the part ends or comes back. */
  readonly report: (event: KeeperEvent) => void;
  /** Told of every process that is started or gone, so that a later start can find orphans. */
  readonly onPid?: ((pid: number, alive: boolean) => Promise<void>) | undefined;
  readonly wait?: Backoff;
  readonly silence?: SilenceLimits;
  readonly now?: () => number;
}

export interface KeeperEvent {
  readonly part: string;
  readonly level: 'info' | 'warn';
  readonly text: string;
}

/** A part that has run this long is healthy: after its next end it is started again soon. */
const healthyAfterMs = 30_000;

/** Starts the part again whenever it ends, after a wait that grows from half a second to half a minute, with jitter. */
export function createKeeper(part: Part, deps: KeeperDeps): Keeper {
  const { report, onPid, now = Date.now, wait = backoff({ minMs: 500, maxMs: 30_000 }) } = deps;
  const stopping = new AbortController();
  let running: RunningPart | undefined;
  let kept: Promise<void> = Promise.resolve();
  let state: PartState = 'stopped';
  let sinceMs = now();
  let restarts = 0;

  const enter = (next: PartState) => {
    state = next;
    sinceMs = now();
  };

  const startOnce = async () => {
    enter('starting');
    let pid: number | undefined;
    let noted: Promise<void> | undefined;
    const onSpawn = (spawned: number) => {
      pid = spawned;
      noted = onPid?.(spawned, true);
    };
    const started = await part.start({ signal: stopping.signal, onSpawn }).catch(async (error: unknown) => {
      if (pid !== undefined) await onPid?.(pid, false);
      throw error;
    });
    await noted;
    running = started;
    enter('running');
    if (stopping.signal.aborted) await started.kill('SIGKILL');
    return started;
  };

  const keep = async (first: RunningPart) => {
    let current: RunningPart | undefined = first;
    for (;;) {
      if (current !== undefined) await untilGone(current);
      if (stopping.signal.aborted) return enter('stopped');
      const waitMs = wait.next();
      report({ part: part.name, level: 'warn', text: `starting again in ${(waitMs / 1000).toFixed(1)} s` });
      enter('waiting');
      await sleep(waitMs, stopping.signal).catch(() => undefined);
      if (stopping.signal.aborted) return enter('stopped');
      current = await startAgain();
    }
  };

  const untilGone = async (current: RunningPart) => {
    const gone = new AbortController();
    const onSilence = () => report({ part: part.name, level: 'warn', text: 'gives no answer, and is ended' });
    void endWhenSilent(current, onSilence, AbortSignal.any([gone.signal, stopping.signal]), deps.silence);
    const exit = await current.exited;
    gone.abort();
    running = undefined;
    await onPid?.(current.pid, false);
    if (stopping.signal.aborted) return;
    if (now() - sinceMs >= healthyAfterMs) wait.reset();
    const words = explaining(exit, current.lastWords?.(), now());
    report({ part: part.name, level: 'warn', text: `ended (${describeExit(exit)})${words}` });
  };

  const startAgain = async () => {
    restarts += 1;
    try {
      const started = await startOnce();
      report({ part: part.name, level: 'info', text: `running again (pid ${started.pid})` });
      return started;
    } catch (error) {
      report({ part: part.name, level: 'warn', text: `did not start: ${explain(error)}` });
      return undefined;
    }
  };

  return {
    name: part.name,
    async start() {
      kept = keep(await startOnce());
    },
    status: () => ({ name: part.name, state, pid: running?.pid, sinceMs, restarts }),
    async stop(graceMs) {
      stopping.abort();
      if (running !== undefined) {
        enter('stopping');
        const current = running;
        const timer = setTimeout(() => void current.kill('SIGKILL'), graceMs);
        await current.stop().finally(() => clearTimeout(timer));
      }
      await kept;
    },
    kill() {
      stopping.abort();
      void running?.kill('SIGKILL');
    },
  };
}

/** Words that are recent enough to be of this end: one that fails by itself may take its time to close. */
const recentMs = 5_000;

function explaining({ code, signal }: ChildExit, words: LastWords | undefined, nowMs: number): string {
  if (words === undefined || signal === 'SIGKILL') return ''; // which leaves no time for a word
  const hasFailed = code !== null && code !== 0;
  return hasFailed || nowMs - words.atMs <= recentMs ? `: ${words.text}` : '';
}

function explain(error: unknown): string {
  if (error instanceof SetupError) return error.message;
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
