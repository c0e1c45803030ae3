import type { Databases } from '../../tests/world/databases.ts';
import { cpuSeconds, peakRssMb } from '../../tests/world/process-figures.ts';
import type { Player } from '../ingest/player.ts';
import { startProgram } from '../shared/programs.ts';

export interface BackfillFigures {
  readonly rows: number;
  /** From the first question to the archive to the last acknowledgement. */
  readonly seconds: number;
  readonly rssMb: number;
  /** CPU-seconds: of `pnpm backfill` with its threads, and of ClickHouse meanwhile. */
  readonly cpu: { readonly backfill: number; readonly clickhouse: number };
}

const POLL_MS = 50;

/** Runs `pnpm backfill` over all that the player has sealed. */
export async function runBackfill(
  { v2Url, since }: Player,
  { clickhouse, redis }: Databases,
  folder: string,
): Promise<BackfillFigures> {
  const before = cpuSeconds(clickhouse.pid);
  const env = {
    ...clickhouse.env,
    REDIS_ADDRESS: redis.address,
    JETSTREAM_ARCHIVE_URL: v2Url,
    ARCHIVE_FOLDER: folder,
    NODE_OPTIONS: '--max-semi-space-size=8', // as in production
  };
  const args = ['--since', since, '--json', '--restart'];
  await using program = startProgram('apps/indexer/src/backfill-command.ts', args, env);
  let [rssMb, cpu] = [0, 0];
  const watch = setInterval(() => {
    rssMb = Math.max(rssMb, peakRssMb(program.pid));
    cpu = Math.max(cpu, cpuSeconds(program.pid));
  }, POLL_MS);
  const line = await program.line(/^\{"events"/).finally(() => clearInterval(watch));
  const { rows, seconds } = JSON.parse(line) as Pick<BackfillFigures, 'rows' | 'seconds'>;
  return { rows, seconds, rssMb, cpu: { backfill: cpu, clickhouse: cpuSeconds(clickhouse.pid) - before } };
}
