import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseProgress } from '@updraft/store';
import type { Databases } from '../../tests/world/databases.ts';
import { startIndexer } from '../../tests/world/indexer-process.ts';
import { startProgram } from '../shared/programs.ts';

/** The indexer, which reads a simulated network at a steady rate. */
export interface Ingest extends AsyncDisposable {
  /** What was written while `act` ran. */
  during(act: () => Promise<void>): Promise<IngestFigures>;
}

export interface IngestFigures {
  readonly seconds: number;
  /** Acknowledged by ClickHouse, and the cursor saved. */
  readonly events: number;
  /** How long ago the last written event happened, in seconds, four times a second. */
  readonly lags: readonly number[];
}

const PREFIX = 'bench';
const EACH_MS = 250;

export async function startIngest(databases: Databases, folder: string, rate: number): Promise<Ingest> {
  const cleanup = new AsyncDisposableStack();
  const options = ['--rate', String(rate), '--events-per-day', '100000'];
  const network = cleanup.use(startProgram('packages/simulator/src/main.ts', options));
  const { url } = await network.ready<{ url: string }>();
  const variables = {
    WS_URL: url,
    ...databases.clickhouse.env,
    REDIS_ADDRESS: databases.redis.address,
    REDIS_PREFIX: PREFIX,
    METRICS_LISTEN_ADDRESS: '127.0.0.1:0',
    ASK_ACCOUNT_SERVERS: 'false',
    LABELERS: 'none',
    SINCE: new Date(Date.now() - 10_000).toISOString(),
  };
  cleanup.adopt(startIndexer(variables, join(folder, 'indexer.log')), (indexer) => indexer.kill());
  const saved = async () => parseProgress((await databases.readRedis(`${PREFIX}:progress`)) ?? '')?.progress;
  while ((await saved()) === undefined) await delay(EACH_MS);
  return {
    async during(act) {
      const [before, startedAt] = [await saved(), performance.now()];
      const stopping = new AbortController();
      const watching = watchLags(saved, stopping.signal);
      await act();
      const [after, seconds] = [await saved(), (performance.now() - startedAt) / 1_000];
      stopping.abort();
      return { seconds, events: (after?.cursor ?? 0) - (before?.cursor ?? 0), lags: await watching };
    },
    [Symbol.asyncDispose]: () => cleanup.disposeAsync(),
  };
}

type Saved = () => Promise<{ readonly lastSeq: number } | undefined>;

async function watchLags(saved: Saved, signal: AbortSignal): Promise<number[]> {
  const lags: number[] = [];
  while (!signal.aborted) {
    lags.push(Date.now() / 1e3 - ((await saved())?.lastSeq ?? 0) / 1e6);
    await delay(EACH_MS);
  }
  return lags;
}
