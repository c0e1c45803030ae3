// Starts the parts in order, keeps each running, stops them in the opposite order. part.ts says what a part is, keeper.ts keeps one.
//
// In:  a plan: databases, migrations, network, services.
// Out: events for the screen (`report`), pids for the note in the data folder (`onPid`), and the state of each part (`keepers`).
// Invariant: nothing starts before what it needs runs. A part that ends or gives no answer is started again, until `stop` or `kill`.
import { backoff, sleep } from '@updraft/service';
import { requireFreePort } from '../process/ports.ts';
import { createKeeper, type Keeper } from './keeper.ts';
import type { Part } from './part.ts';
import type { RunsDeps } from './runs.ts';

/** What runs, in the order in which it starts. It stops in the opposite order. */
export interface StackPlan {
  /** ClickHouse and Redis, started side by side. */
  readonly databases: readonly Part[];
  /** Brings the tables up to date once the databases are there. */
  readonly migrate: (signal: AbortSignal) => Promise<void>;
  /** The player of a recorded stream, or the simulated network. */
  readonly network: Part | undefined;
  readonly services: readonly Part[];
  /** Each port that a part listens on, by what it is for. */
  readonly ports: Readonly<Record<string, number>>;
}

export interface Stack {
  /** @throws SetupError when a port is taken or a part does not start; the others are stopped again */
  start(signal: AbortSignal): Promise<void>;
  /** Stops services, network, ClickHouse and Redis, in this order. A part that exceeds its time is killed; all take at most 14 s. */
  stop(): Promise<void>;
  /** Ends everything at once. */
  kill(): void;
  keepers(): readonly Keeper[];
}

export type StackDeps = Pick<RunsDeps, 'report' | 'silence'> & Required<Pick<RunsDeps, 'onPid'>>;

const GRACE_MS = { service: 8_000, network: 1_000, database: 2_500 };

export function createStack(plan: StackPlan, deps: StackDeps): Stack {
  const keepers = createKeepers(plan, deps);
  const { databases, network, services } = keepers;
  const stop = () => stopAll(keepers);
  return {
    async start(signal) {
      const giveUp = () => void stop();
      signal.addEventListener('abort', giveUp, { once: true });
      try {
        for (const [wantedBy, port] of Object.entries(plan.ports)) await requireFreePort(port, wantedBy);
        await startSideBySide(databases, deps.report, signal);
        signal.throwIfAborted();
        await throughRestarts(() => plan.migrate(signal), databases, signal);
        await startSideBySide(network, deps.report, signal);
        await startSideBySide(services, deps.report, signal);
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

type Keepers = Readonly<Record<'databases' | 'network' | 'services', readonly Keeper[]>>;

function createKeepers(plan: StackPlan, deps: StackDeps): Keepers {
  // everything waits for the databases, and they start within a second
  const soon = () => backoff({ minMs: 100, maxMs: 30_000 });
  return {
    databases: plan.databases.map((part) => createKeeper(part, { ...deps, wait: soon() })),
    network: plan.network === undefined ? [] : [createKeeper(plan.network, deps)],
    services: plan.services.map((part) => createKeeper(part, deps)),
  };
}

async function startSideBySide(
  keepers: readonly Keeper[],
  report: StackDeps['report'],
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted();
  const starts = keepers.map(async (keeper) => {
    await keeper.start();
    report({ part: keeper.name, level: 'info', text: `running (pid ${keeper.status().pid})` });
  });
  await Promise.allSettled(starts); // nothing is left starting once the first failure is thrown
  await Promise.all(starts);
}

async function stopAll({ databases, network, services }: Keepers): Promise<void> {
  await Promise.all(services.map((keeper) => keeper.stop(GRACE_MS.service)));
  await Promise.all(network.map((keeper) => keeper.stop(GRACE_MS.network)));
  for (const keeper of databases) await keeper.stop(GRACE_MS.database);
}

const NOTICE_MS = 1_000;
const COMEBACK_MS = 60_000;
const MAX_TRIES = 5;

/** Repeats work that failed because a database ended meanwhile, once all databases run again. */
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
