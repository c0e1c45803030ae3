import { runProgram } from '@updraft/command';
import { createLogger, type Logger, runService } from '@updraft/service';
import { type ReplayConfig, readReplayConfig } from '../config.ts';
import type { Hooks } from '../run/hooks.ts';
import { openStores } from '../run/stores.ts';
import { replayFile, replayStream } from './replay-file.ts';
import { createReplayTally } from './tally.ts';

const HELP = `
Interrupted and run again, it continues where it was. The cursor of the live stream doesn't change.
ClickHouse and Redis: CLICKHOUSE_ADDRESS, CLICKHOUSE_USERNAME, CLICKHOUSE_PASSWORD, CLICKHOUSE_DATABASE, CLICKHOUSE_CLUSTER, CLICKHOUSE_SHARDS, REDIS_ADDRESS, REDIS_PASSWORD, REDIS_PREFIX`;

/** Runs `pnpm replay` as this process. */
export async function runReplay(hooks?: Hooks): Promise<void> {
  const log = createLogger({
    service: 'replay',
    level: 'warn',
    pretty: process.stderr.isTTY,
    destination: process.stderr,
  });
  process.exitCode = await runProgram(
    'pnpm replay',
    (program, { env }) => {
      program
        .description("Sends recorded Jetstream events through the indexer's pipeline into ClickHouse.")
        .argument('<file...>', 'recorded events: .jsonl, .jsonl.gz, .jsonl.zst')
        .option('--restart', 'begin each file anew')
        .addHelpText('after', HELP)
        .action((files, { restart = false }) =>
          runService(
            'replay',
            ({ signal }) => replay({ files, restart, config: readReplayConfig(env), hooks, log }, signal),
            { log },
          ),
        );
    },
    process,
  );
}

interface ReplayOptions {
  readonly files: readonly string[];
  readonly restart: boolean;
  readonly config: ReplayConfig;
  readonly hooks: Hooks | undefined;
  readonly log: Logger;
}

async function replay({ files, restart, config, hooks, log }: ReplayOptions, signal: AbortSignal): Promise<void> {
  const tally = createReplayTally();
  const startedAt = performance.now();
  const writerHooks = { onSetAside: () => tally.rejected('refused_by_clickhouse') };
  for (const path of files) {
    const stream = await replayStream(config.redis.prefix, path);
    const redis = { ...config.redis, prefix: stream };
    await using stores = await openStores({ config: { ...config, redis }, writerHooks, hooks, log, signal });
    await replayFile({ path, restart, ...stores, limits: config.limits, tally, hooks, output: process.stderr }, signal);
  }
  const seconds = (performance.now() - startedAt) / 1000;
  process.stdout.write(`${tally.report()}\n${seconds.toFixed(1).padStart(14)}  seconds\n`);
}
