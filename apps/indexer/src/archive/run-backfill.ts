import { isDid, isNsid } from '@updraft/atproto';
import { InvalidArgumentError, JSON_OPTION, runProgram } from '@updraft/command';
import { parseSince, type Since } from '@updraft/ingest';
import { JetstreamError } from '@updraft/jetstream';
import { createLogger, type Logger, runService, SetupError } from '@updraft/service';
import { replayStreamName } from '@updraft/store';
import { type BackfillConfig, readBackfillConfig } from '../config.ts';
import { holdAlone } from '../lease/alone.ts';
import { createReplayTally } from '../replay/tally.ts';
import type { Hooks } from '../run/hooks.ts';
import { openStores } from '../run/stores.ts';
import { backfill } from './backfill.ts';
import { type BackfillChoice, filterOf, identityOf, openSource, stretchOf } from './backfill-choice.ts';
import { damageSentence, jsonLine, textReport } from './backfill-report.ts';
import { folderName } from './folder-name.ts';

const HELP = `
By the time at which the archive's host saw an event; what is older than the host itself has the time of its first start.
Interrupted and run again with the same options, it goes on where it was. The cursor of the live stream doesn't change.
The archive: JETSTREAM_ARCHIVE_URL (default: the first host of WS_URL that speaks v2), JETSTREAM_API_KEY, ARCHIVE_FOLDER
Beside npm start: the hosts that it reads, its ClickHouse and Redis`;

/** Runs `pnpm backfill` as this process. */
export async function runBackfill(hooks?: Hooks): Promise<void> {
  const log = createLogger({
    service: 'backfill',
    level: 'warn',
    pretty: process.stderr.isTTY,
    destination: process.stderr,
  });
  process.exitCode = await runProgram(
    'pnpm backfill',
    (program, { env }) => {
      program
        .description("Reads the past from a Jetstream archive, through the indexer's pipeline, into ClickHouse.")
        .requiredOption('--since <time>', 'an age such as 30d, a day such as 2026-07-04, or a time', readTime)
        .option('--until <time>', 'likewise (default: all that the archive has)', readTime)
        .option(
          '--collections <nsids>',
          'only commits of these, separated by commas: app.bsky.feed.post,app.bsky.graph.*',
          readCollections,
        )
        .option('--dids <dids>', 'only events of these accounts, separated by commas', readDids)
        .option('--folder <dir>', 'a folder with segments (*.jss) in place of an archive')
        .option('--restart', 'begin anew, whatever an earlier run has done')
        .option(...JSON_OPTION)
        .addHelpText('after', HELP)
        .action((options) =>
          runService(
            'backfill',
            ({ signal }) => run({ options, config: readBackfillConfig(env), hooks, log }, signal),
            {
              log,
            },
          ),
        );
    },
    process,
  );
}

function readTime(text: string): Since {
  const time = parseSince(text);
  if (time === undefined) throw new InvalidArgumentError("expected an age such as '30d', a day or a time.");
  return time;
}

function readCollections(text: string): readonly string[] {
  const collections = readList(text);
  const isWrong = (collection: string) =>
    !isNsid(collection.endsWith('.*') ? `${collection.slice(0, -1)}any.any` : collection);
  if (collections.length === 0 || collections.some(isWrong))
    throw new InvalidArgumentError('expected collections such as app.bsky.feed.post or app.bsky.graph.*.');
  return collections;
}

function readDids(text: string): readonly string[] {
  const dids = readList(text);
  if (dids.length === 0 || !dids.every((did) => isDid(did)))
    throw new InvalidArgumentError('expected DIDs such as did:plc:…, not handles.');
  return dids;
}

function readList(text: string): readonly string[] {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

interface Run {
  readonly options: BackfillChoice;
  readonly config: BackfillConfig;
  readonly hooks: Hooks | undefined;
  readonly log: Logger;
}

async function run({ options, config, hooks, log }: Run, signal: AbortSignal): Promise<void> {
  const [startedAt, tally] = [performance.now(), createReplayTally()];
  const stretch = stretchOf(options, Date.now());
  const stream = replayStreamName(config.redis.prefix, identityOf(options, config.archive));
  const redis = { ...config.redis, prefix: stream };
  await using opened = openSource(options, config.archive, folderName('backfill', redis), log);
  const writerHooks = { onSetAside: () => tally.rejected('refused_by_clickhouse') };
  await using stores = await openStores({ config: { ...config, redis }, writerHooks, hooks, log, signal });
  await using alone = await holdAlone(stores.redis, stream, 'pnpm backfill with the same options');
  const shared = { limits: config.limits, tally, hooks, output: process.stderr };
  const result = await backfill(
    { ...opened, ...stores, ...stretch, ...shared, filter: filterOf(options), restart: options.restart ?? false },
    AbortSignal.any([signal, alone.signal]),
  ).catch((error: unknown) => {
    throw error instanceof JetstreamError ? new SetupError(error.message, { cause: error }) : error;
  });
  const seconds = (performance.now() - startedAt) / 1000;
  process.stdout.write(options.json === true ? jsonLine(result, tally, seconds) : textReport(result, tally, seconds));
  if (result.damages.length > 0) throw new SetupError(damageSentence(result.damages));
}
