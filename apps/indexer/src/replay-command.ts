import { createLogger, parseCommandLine, runService, SetupError } from '@updraft/service';
import { readReplayConfig } from './config.ts';
import { createCrashPoints } from './crash-points.ts';
import { replayFile, replayStream } from './replay/replay-file.ts';
import { createReplayTally } from './replay/tally.ts';
import { openStores } from './stores.ts';

const USAGE = `usage: pnpm replay [--restart] FILE…
  Sends recorded Jetstream events (.jsonl, .jsonl.gz, .jsonl.zst) through the indexer's pipeline into ClickHouse.
  Interrupted and run again, it goes on where it was; --restart begins anew. The live cursor stays as it is.
ClickHouse and Redis: CLICKHOUSE_ADDRESS, CLICKHOUSE_USERNAME, CLICKHOUSE_PASSWORD, CLICKHOUSE_DATABASE, CLICKHOUSE_CLUSTER, CLICKHOUSE_SHARDS, REDIS_ADDRESS, REDIS_PASSWORD, REDIS_PREFIX
`;

const log = createLogger({
  service: 'replay',
  level: 'warn',
  pretty: process.stderr.isTTY,
  destination: process.stderr,
});

await runService(
  'replay',
  async ({ signal }) => {
    const { files, restart, help } = readArguments();
    if (help) {
      process.stdout.write(USAGE);
      return;
    }
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
      await replayFile(
        { path, restart, ...stores, limits: config.limits, tally, crash, output: process.stderr },
        signal,
      );
    }
    const seconds = (performance.now() - startedAt) / 1000;
    process.stdout.write(`${tally.report()}\n${seconds.toFixed(1).padStart(14)}  seconds\n`);
  },
  { log },
);

function readArguments(): { files: string[]; restart: boolean; help: boolean } {
  try {
    const { positionals, values } = parseCommandLine({
      allowPositionals: true,
      options: { restart: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
    });
    const { restart = false, help = false } = values;
    if (positionals.length === 0 && !help) throw new SetupError('no file is named');
    return { files: positionals, restart, help };
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    throw new SetupError(`${error.message}\n${USAGE.trimEnd()}`, { cause: error });
  }
}
