import { sleep } from '@updraft/service';
import { residentBytes } from '../process/memory.ts';
import type { Keeper } from '../supervision/keeper.ts';
import { createFigures, type Figures, readIndexer } from './figures.ts';
import { parseSamples } from './prometheus-text.ts';
import { createRowCounts } from './row-counts.ts';
import type { NamedAddress, PartView, Snapshot, TimedRemark } from './snapshot.ts';

/** Where the figures come from. */
export interface WatchTargets {
  /** The network's name. */
  readonly network: string;
  readonly isLive: boolean;
  readonly metricsUrl: string;
  readonly clickhouseUrl: string;
  readonly clickhouseHeaders: Readonly<Record<string, string>>;
  readonly database: string;
  /** Whether that database is spread over several servers. */
  readonly isCluster: boolean;
}

export interface WatchDeps extends WatchTargets {
  readonly addresses: readonly NamedAddress[];
  readonly keepers: () => readonly Keeper[];
  readonly remarks: () => readonly TimedRemark[];
}

const EVERY_MS = 1_000;
const TIMEOUT_MS = 900;
const KEPT_RATES = 120;
/** ClickHouse is asked for its counts at each third snapshot. */
const COUNTS_EVERY = 3;

/** Takes a snapshot each second until the signal. */
export async function watch(deps: WatchDeps, show: (snapshot: Snapshot) => void, signal: AbortSignal): Promise<void> {
  const figures = createFigures();
  const rowCounts = createRowCounts(deps);
  let rates: number[] = [];
  let rows: Snapshot['rows'];
  for (let round = 0; !signal.aborted; round++) {
    const [current, parts, counts] = await Promise.all([
      readFigures(deps.metricsUrl, figures),
      Promise.all(deps.keepers().map(viewOf)),
      round % COUNTS_EVERY === 0 ? rowCounts.read() : rows,
    ]);
    rows = counts;
    if (current?.eventsPerSecond !== undefined) rates = [...rates, current.eventsPerSecond].slice(-KEPT_RATES);
    if (signal.aborted) return;
    const { network, isLive, addresses } = deps;
    const remarks = deps.remarks();
    show({ atMs: Date.now(), network, isLive, addresses, figures: current, rates, rows, parts, remarks });
    await sleep(EVERY_MS, signal).catch(() => undefined); // the signal ends the wait
  }
}

async function readFigures(url: string, figures: ReturnType<typeof createFigures>): Promise<Figures | undefined> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    return response.ok ? figures.add(readIndexer(parseSamples(await response.text()), Date.now())) : undefined;
  } catch {
    return undefined; // the screen says that the indexer does not answer
  }
}

async function viewOf(keeper: Keeper): Promise<PartView> {
  const status = keeper.status();
  return { ...status, residentBytes: status.pid === undefined ? undefined : await residentBytes(status.pid) };
}
