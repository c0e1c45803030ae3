import { InvalidArgumentError, JSON_OPTION, runProgram } from '@updraft/command';
import { parseSince, type Since, sinceMicros } from '@updraft/ingest';
import { JetstreamError, type OpenArchive, parseLine, readArchive, seqsOfTime } from '@updraft/jetstream';
import { createLogger, type Logger, runService, SetupError } from '@updraft/service';
import { openSource } from '../archive/backfill-choice.ts';
import { type BackfillConfig, readBackfillConfig } from '../config.ts';
import { openStores } from '../run/stores.ts';
import { type ArchiveState, createArchiveState } from './archive-state.ts';
import { type Comparison, compareState } from './compare-state.ts';

const HELP = `
Compares the records that were touched in the stretch, by path and content, as they are at the archive's end. What was
changed in the archive's last two minutes or later, by its rev, is not compared. The stretch is held in memory: about 200 bytes a record. Exit code 1: something differs.
The archive, ClickHouse and Redis: as for pnpm backfill`;

interface Options {
  readonly from: Since;
  readonly to?: Since | undefined;
  readonly folder?: string | undefined;
  readonly json?: true | undefined;
}

/** Runs `pnpm verify:archive` as this process. */
export async function runVerifyArchive(): Promise<void> {
  const pretty = process.stderr.isTTY;
  const log = createLogger({ service: 'verify:archive', level: 'warn', pretty, destination: process.stderr });
  process.exitCode = await runProgram(
    'pnpm verify:archive',
    (program, { env }) => {
      program
        .description('Compares a stretch of what is stored with a Jetstream archive.')
        .requiredOption('--from <time>', 'an age such as 2h, a day such as 2026-07-04, or a time', readTime)
        .option('--to <time>', 'likewise (default: the end of the archive)', readTime)
        .option('--folder <dir>', 'a folder with segments (*.jss) in place of an archive')
        .option(...JSON_OPTION)
        .addHelpText('after', HELP)
        .action((options) =>
          runService('verify:archive', ({ signal }) => run(options, readBackfillConfig(env), log, signal), { log }),
        );
    },
    process,
  );
}

function readTime(text: string): Since {
  const time = parseSince(text);
  if (time === undefined) throw new InvalidArgumentError("expected an age such as '2h', a day or a time.");
  return time;
}

async function run(options: Options, config: BackfillConfig, log: Logger, signal: AbortSignal): Promise<void> {
  const now = Date.now();
  const stretch = { fromMicros: sinceMicros(options.from, now), toMicros: options.to && sinceMicros(options.to, now) };
  if (stretch.toMicros !== undefined && stretch.toMicros <= stretch.fromMicros)
    throw new SetupError('--to has to be after --from');
  await using opened = openSource({ since: options.from, folder: options.folder }, config.archive, undefined, log);
  await using stores = await openStores({ config, writerHooks: {}, log, signal });
  const { state, endMicros } = await readState(opened, stretch, signal).catch((error: unknown) => {
    throw error instanceof JetstreamError ? new SetupError(error.message, { cause: error }) : error;
  });
  if (state.accounts.size === 0)
    throw new SetupError(`${opened.source} has no event of this time: there is nothing to compare with`);
  const { clickhouse, erased } = stores;
  const named: string[] = [];
  const onDifference = (kind: string, uri: string): void => {
    if (named.length < MAX_NAMED) named.push(`${kind} ${uri}\n`);
  };
  const { accounts } = state;
  const result = await compareState({ clickhouse, erased, accounts, archiveEndMicros: endMicros, onDifference });
  await written(process.stderr, named.join(''));
  await written(process.stdout, options.json === true ? `${JSON.stringify(result)}\n` : textOf(result));
  if (result.missing + result.extra + result.different > 0)
    throw new SetupError(`differs from ${opened.source}. pnpm backfill of that time brings what is missing`);
}

/** Long output into a pipe would be cut off by the end of the process. */
function written(stream: NodeJS.WriteStream, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(text, (error) => (error ? reject(error) : resolve()));
  });
}

/** Differences that are named. */
const MAX_NAMED = 1_000;

interface Stretch {
  readonly fromMicros: number;
  readonly toMicros: number | undefined;
}

async function readState(
  opened: Pick<OpenArchive, 'archive' | 'decoder'>,
  { fromMicros, toMicros = Number.POSITIVE_INFINITY }: Stretch,
  signal: AbortSignal,
): Promise<{ readonly state: ArchiveState; readonly endMicros: number }> {
  const state = createArchiveState();
  const { afterSeq } = await seqsOfTime(opened.archive, { fromMicros }, signal);
  let endMicros = 0;
  for await (const { lines, lastWitnessedAt } of readArchive({ ...opened, afterSeq }, signal)) {
    for (const line of lines) {
      const parsed = parseLine(line);
      if (!parsed.ok) continue;
      const { timeUs } = parsed.event;
      state.take(parsed.event, timeUs >= fromMicros && timeUs <= toMicros);
    }
    endMicros = Math.max(endMicros, lastWitnessedAt);
  }
  return { state, endMicros };
}

function textOf({ records, missing, extra, different }: Comparison): string {
  return `${records} records compared: ${missing} missing, ${extra} too many, ${different} different\n`;
}
