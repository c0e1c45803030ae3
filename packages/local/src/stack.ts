import { createKeeper, type Keeper, type KeeperEvent } from './keeper.ts';
import type { Part } from './part.ts';
import { requireFreePort } from './ports.ts';

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
  readonly report: (event: KeeperEvent) => void;
  readonly onPid: (pid: number, alive: boolean) => Promise<void>;
}

const graceMs = { service: 8_000, network: 1_000, database: 2_500 };

export function createStack(plan: StackPlan, deps: StackDeps): Stack {
  const keep = (parts: readonly Part[]) => parts.map((part) => createKeeper(part, deps));
  const databases = keep(plan.databases);
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
        await plan.migrate(signal);
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

/** Waits for all, then throws what the first failure was: nothing is left starting behind the caller's back. */
async function all(work: readonly Promise<void>[]): Promise<void> {
  const settled = await Promise.allSettled(work);
  const failed = settled.find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}
