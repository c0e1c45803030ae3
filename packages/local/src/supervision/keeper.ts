import { type Backoff, backoff, SetupError, sleep } from '@updraft/service';
import type { Part, PartEvent, PartStatus } from './part.ts';
import { createRuns, type Runs, type RunsDeps } from './runs.ts';

/** Keeps one part running until it is stopped. */
export interface Keeper {
  readonly name: string;
  /**
   * Starts the part the first time.
   * @throws what the part's own start throws; then the part is not kept
   */
  start(): Promise<void>;
  status(): PartStatus;
  /** Ends the part in order, or at once after `graceMs`, and does not start it again. */
  stop(graceMs: number): Promise<void>;
  /** Ends the part at once and does not start it again. */
  kill(): void;
}

export interface KeeperDeps extends RunsDeps {
  readonly wait?: Backoff;
}

/** A part that has run this long is healthy: after its next end it is started again soon. */
const HEALTHY_AFTER_MS = 30_000;

/** Starts the part again whenever it ends, after a wait that grows from half a second to half a minute, with jitter. */
export function createKeeper(part: Part, deps: KeeperDeps): Keeper {
  const { wait = backoff({ minMs: 500, maxMs: 30_000 }) } = deps;
  const stopping = new AbortController();
  const runs = createRuns(part, deps, stopping.signal);
  const report = (level: PartEvent['level'], text: string) => deps.report({ part: part.name, level, text });
  let kept = Promise.resolve();
  const keep = async () => {
    for (;;) {
      if ((await runs.untilEnd()) >= HEALTHY_AFTER_MS) wait.reset();
      if (stopping.signal.aborted) return runs.enter('stopped');
      const waitMs = wait.next();
      report('warn', `starting again in ${(waitMs / 1000).toFixed(1)} s`);
      runs.enter('waiting');
      await sleep(waitMs, stopping.signal).catch(() => undefined); // a stop ends the wait
      if (stopping.signal.aborted) return runs.enter('stopped');
      await runs.start().then(
        ({ pid }) => report('info', `running again (pid ${pid})`),
        (error: unknown) => report('warn', `did not start: ${explain(error)}`),
      );
    }
  };
  return {
    name: part.name,
    async start() {
      await runs.start();
      kept = keep();
    },
    status: runs.status,
    async stop(graceMs) {
      stopping.abort();
      await stopRun(runs, graceMs);
      await kept;
    },
    kill: () => {
      stopping.abort();
      void runs.current()?.kill('SIGKILL');
    },
  };
}

async function stopRun(runs: Runs, graceMs: number): Promise<void> {
  const running = runs.current();
  if (running === undefined) return;
  runs.enter('stopping');
  const timer = setTimeout(() => void running.kill('SIGKILL'), graceMs);
  await running.stop().finally(() => clearTimeout(timer));
}

function explain(error: unknown): string {
  if (error instanceof SetupError) return error.message;
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
