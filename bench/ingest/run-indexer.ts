import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startProgressBar } from '@updraft/service';
import type { Databases } from '../../tests/world/databases.ts';
import { startIndexer } from '../../tests/world/indexer-process.ts';
import { cpuSeconds, peakRssMb } from '../../tests/world/process-figures.ts';
import type { Player } from './player.ts';

export interface IngestFigures {
  readonly seconds: number;
  readonly rssMb: number;
  /** CPU-seconds that each process spent meanwhile. */
  readonly cpu: { readonly player: number; readonly indexer: number; readonly clickhouse: number };
}

const PREFIX = 'bench';
const POLL_MS = 100;

/** Runs the indexer as in production until every event of the player is acknowledged and its cursor saved. */
export async function ingest(player: Player, databases: Databases, folder: string): Promise<IngestFigures> {
  const { clickhouse, redis } = databases;
  const before = { player: cpuSeconds(player.pid), clickhouse: cpuSeconds(clickhouse.pid) };
  const startedAt = performance.now();
  const variables = {
    WS_URL: player.url,
    ASK_ACCOUNT_SERVERS: 'false',
    LABELERS: 'none',
    ...clickhouse.env,
    REDIS_ADDRESS: redis.address,
    REDIS_PREFIX: PREFIX,
    METRICS_LISTEN_ADDRESS: '127.0.0.1:0',
    SINCE: player.since,
    LOG_LEVEL: 'warn',
  };
  const log = join(folder, 'indexer.log');
  const indexer = startIndexer(variables, log);
  await untilSaved(player, databases, () => {
    if (!indexer.running) throw new Error(`the indexer ended; see ${log}`);
  });
  const seconds = (performance.now() - startedAt) / 1_000;
  const cpu = {
    player: cpuSeconds(player.pid) - before.player,
    indexer: cpuSeconds(indexer.pid),
    clickhouse: cpuSeconds(clickhouse.pid) - before.clickhouse,
  };
  const rssMb = peakRssMb(indexer.pid);
  await indexer.stop();
  return { seconds, rssMb, cpu };
}

/** Shows a progress bar until the saved cursor has passed the player's last event. */
async function untilSaved({ firstSeq, lastSeq }: Player, databases: Databases, check: () => void): Promise<void> {
  const total = lastSeq - firstSeq + 1;
  const startedAt = performance.now();
  let done = 0;
  const elapsedMs = () => performance.now() - startedAt;
  const state = () => ({ subject: 'ingest', unit: 'events', share: done / total, count: done, elapsedMs: elapsedMs() });
  const bar = startProgressBar(state, process.stderr);
  while (done < total) {
    await delay(POLL_MS);
    check();
    const text = await databases.readRedis(`${PREFIX}:progress`);
    const cursor = text === null ? 0 : ((JSON.parse(text) as { cursor?: number }).cursor ?? 0);
    done = Math.max(0, cursor - firstSeq + 1);
  }
  bar.finish();
}
