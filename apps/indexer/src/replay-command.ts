import { runProgram } from '@updraft/command';
import { createLogger, runService } from '@updraft/service';
import { readReplayConfig } from './config.ts';
import { replayFile, replayStream } from './replay/replay-file.ts';
import { createReplayTally } from './replay/tally.ts';
import { createCrashPoints } from './run/crash-points.ts';
import { openStores } from './run/stores.ts';

const HELP = `
Interrupted and run again, it goes on where it was. The live cursor stays as it is.
ClickHouse and Redis: CLICKHOUSE_ADDRESS, CLICKHOUSE_USERNAME, CLICKHOUSE_PASSWORD, CLICKHOUSE_DATABASE, CLICKHOUSE_CLUSTER, CLICKHOUSE_SHARDS, REDIS_ADDRESS, REDIS_PASSWORD, REDIS_PREFIX`;

const log = createLogger({
  service: 'replay',
  level: 'warn',
  pretty: process.stderr.isTTY,
  destination: process.stderr,
});

process.exitCode = await runProgram(
  'pnpm replay',
  (program) => {
    program
      .description("Sends recorded Jetstream events through the indexer's pipeline into ClickHouse.")
      .argument('<file...>', 'recorded events: .jsonl, .jsonl.gz, .jsonl.zst')
      .option('--restart', 'begin each file anew')
      .addHelpText('after', HELP)
      .action((files, { restart = false }) =>
        runService('replay', ({ signal }) => replay(files, restart, signal), { log }),
      );
  },
  process,
);

async function replay(files: readonly string[], restart: boolean, signal: AbortSignal): Promise<void> {
  const config = readReplayConfig(process.env);
  const crash = createCrashPoints(config.crashPoint, () => process.kill(process.pid, 'SIGKILL'));
  const tally = createReplayTally();
  const startedAt = performance.now();
  const metrics = {
    rowsWritten: () => {},
    writeRetry: () => {},
    writeHeld: () => {},
    rejected: tally.rejected,
  };
  for (const path of files) {
    const stream = await replayStream(config.redis.prefix, path);
    const redis = { ...config.redis, prefix: stream };
    await using stores = await openStores({
      config: { ...config, redis },
      metrics,
      status: { active: () => {} },
      crash,
      log,
      signal,
    });
    await replayFile({ path, restart, ...stores, limits: config.limits, tally, crash, output: process.stderr }, signal);
  }
  const seconds = (performance.now() - startedAt) / 1000;
  process.stdout.write(`${tally.report()}\n${seconds.toFixed(1).padStart(14)}  seconds\n`);
}
