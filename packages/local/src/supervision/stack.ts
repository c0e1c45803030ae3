// Starts the parts in order, keeps each running, stops them in the opposite order. keeper.ts keeps one part; part.ts says what a part is.
//
// In:  a plan: databases, migrations, network, services.
// Out: events for the screen (`report`), pids for the folder's note (`onPid`), and the state of each part (`keepers`).
// Invariant: nothing starts before what it needs is there; a part that ends or gives no answer is started again, until `stop` or `kill`.
import { backoff, sleep } from '@updraft/service';
import { requireFreePort } from '../process/ports.ts';
import { createKeeper, type Keeper, type KeeperEvent } from './keeper.ts';
import type { Part } from './part.ts';
import type { SilenceLimits } from './silence.ts';

/** What runs, in the order in which it starts; it stops the other way round. */
export interface StackPlan {
  /** ClickHouse and Redis, started side by side. */
  readonly databases: readonly Part[];
  /** Brings the tables up to date once the databases are there. */
  readonly migrate: (signal: AbortSignal) => Promise<void>;
  /** The player of a recorded stream or the simulated network, if one is used. */
  readonly network: Part | undefined;
  readonly services: readonly Part[];
  /** Every port that will be listened on, and what for. */
  readonly ports: Readonly<Record<string, number>>;
}

export interface Stack {
  /** @throws SetupError when a port is taken or a part does not start; what was started is stopped again */
  start(signal: AbortSignal): Promise<void>;
  /** In order: services, network, ClickHouse, Redis; each ended at once when its time is up. At most 14 s together. */
  stop(): Promise<void>;
  /** Ends everything at once. */
  kill(): void;
  keepers(): readonly Keeper[];
}

export interface StackDeps {
  /** When a part that is there but gives no answer is ended. */
  readonly silence?: SilenceLimits;
  readonly report: (event: KeeperEvent) => void;
  readonly onPid: (pid: number, alive: boolean) => Promise<void>;
}

const graceMs = { service: 8_000, network: 1_000, database: 2_500 };

export function createStack(plan: StackPlan, deps: StackDeps): Stack {
  const keep = (parts: readonly Part[]) => parts.map((part) => createKeeper(part, deps));
  // everything waits for them, and they start within a second
  const databases = plan.databases.map((part) =>
    createKeeper(part, { ...deps, wait: backoff({ minMs: 100, maxMs: 30_000 }) }),
  );
  const network = keep(plan.network === undefined ? [] : [plan.network]);
  const services = keep(plan.services);
  const say = (part: string, text: string) => deps.report({ part, level: 'info', text });

  const startAll = async (keepers: readonly Keeper[], signal: AbortSignal) => {
    signal.throwIfAborted();
    await all(
      keepers.map(async (keeper) => {
        await keeper.start();
        say(keeper.name, `running (pid ${keeper.status().pid})`);
      }),
    );
  };

  const stop = async () => {
    await Promise.all(services.map((keeper) => keeper.stop(graceMs.service)));
    await Promise.all(network.map((keeper) => keeper.stop(graceMs.network)));
    for (const keeper of databases) await keeper.stop(graceMs.database);
  };

  return {
    async start(signal) {
      const giveUp = () => void stop();
      signal.addEventListener('abort', giveUp, { once: true });
      try {
        for (const [wantedBy, port] of Object.entries(plan.ports)) await requireFreePort(port, wantedBy);
        await startAll(databases, signal);
        signal.throwIfAborted();
        await throughRestarts(() => plan.migrate(signal), databases, signal);
        await startAll(network, signal);
        await startAll(services, signal);
      } catch (error) {
        await stop();
        throw error;
      } finally {
        signal.removeEventListener('abort', giveUp);
      }
    },
    stop,
    kill: () => [...services, ...network, ...databases].forEach((keeper) => keeper.kill()),
    keepers: () => [...databases, ...network, ...services],
  };
}

const NOTICE_MS = 1_000;
const COMEBACK_MS = 60_000;
const MAX_TRIES = 5;

/** Does the work again when it failed because a database ended meanwhile, once its keeper has it running again. */
async function throughRestarts(
  work: () => Promise<void>,
  databases: readonly Keeper[],
  signal: AbortSignal,
): Promise<void> {
  const restarts = () => databases.reduce((sum, keeper) => sum + keeper.status().restarts, 0);
  const allRun = () => databases.every((keeper) => keeper.status().state === 'running');
  for (let tries = 1; ; tries++) {
    const before = restarts();
    try {
      return await work();
    } catch (error) {
      await until(() => restarts() > before || !allRun(), NOTICE_MS, signal);
      if ((restarts() === before && allRun()) || tries === MAX_TRIES) throw error;
      await until(allRun, COMEBACK_MS, signal);
      if (!allRun()) throw error;
    }
  }
}

async function until(isTrue: () => boolean, withinMs: number, signal: AbortSignal): Promise<void> {
  for (const deadline = Date.now() + withinMs; !isTrue() && Date.now() < deadline; ) await sleep(20, signal);
}

/** Waits for all, then throws what the first failure was: nothing is left starting behind the caller's back. */
async function all(work: readonly Promise<void>[]): Promise<void> {
  const settled = await Promise.allSettled(work);
  const failed = settled.find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}
