import {
  type BuildProgram,
  CommandError,
  type CommandIo,
  InvalidArgumentError,
  JSON_OPTION,
  stopSignal,
  writeRow,
} from '@updraft/command';
import { type OpenArchive, openArchive, openFolder } from '@updraft/jetstream';
import { ARCHIVE_RETRY, archiveSource, createGapHealer, type GapSource, hostSource, isoTime } from '@updraft/refill';
import { createErasedAccounts, type GapState, healedGaps, insertRows, readGaps, requireMoved } from '@updraft/store';
import { openStores } from '../open-stores.ts';
import { openWriter } from '../open-writer.ts';
import { readGapsConfig } from './config.ts';

/** `pnpm admin gaps`, and `pnpm admin gaps heal`: what the indexer does by itself, now and from where the operator says. */
export const addGapsCommand: BuildProgram = (program, io) => {
  const gaps = program
    .command('gaps')
    .description(
      'Lists the stretches of the stream that may be missing, the latest first, and where they were read again.',
    )
    .option('--open', 'only those that are open')
    .option(...JSON_OPTION)
    .action((options) => list(options, io));
  gaps
    .command('heal')
    .description(
      'Reads the stretches of gaps again, from the archive or from the hosts of WS_URL. The running indexer does so by itself; this tells why it could not.',
    )
    .argument('[id...]', 'as pnpm admin gaps shows them; the beginning is enough', readId)
    .option('--all', 'all open gaps')
    .option('--folder <directory>', 'read from a folder of sealed segments instead')
    .action((ids, options) => heal(ids, options, io));
  gaps
    .command('accept')
    .description(
      'Says that these gaps stay missing, since nobody has their stretches any more: they are not tried again, and the alarm ends.',
    )
    .argument('<id...>', 'as pnpm admin gaps shows them; the beginning is enough', readId)
    .action((ids) => accept(ids, io));
};

/** More gaps than anybody reads. */
const MAX_GAPS = 10_000;

interface ListOptions {
  readonly open?: true | undefined;
  readonly json?: true | undefined;
}

async function list(options: ListOptions, io: CommandIo): Promise<void> {
  await using stores = openStores(io);
  await requireMoved(stores.clickhouse);
  const gaps = await readGaps(stores.clickhouse, MAX_GAPS);
  const shown = gaps.filter(({ isOpen }) => isOpen || options.open !== true);
  if (options.json !== true) io.out(['id', 'state', 'from', 'to', 'host', 'what is known'].join('\t'));
  for (const gap of shown) {
    const { gapId, kind, host, detail, isOpen, source, numEvents } = gap;
    const [from, to] = [isoTime(gap.fromTime), isoTime(gap.toTime)];
    const state = isOpen ? 'open' : 'healed';
    const healed = gap.healedAt === 0 ? undefined : { source, numEvents, healedAt: isoTime(gap.healedAt * 1000) };
    const known = healed === undefined || isOpen ? detail : `${numEvents} events from ${source}`;
    writeRow(io, options, [gapId, state, from, to, host, known], {
      id: gapId,
      kind,
      host,
      from,
      to,
      detail,
      state,
      healed,
    });
  }
}

interface HealOptions {
  readonly all?: true | undefined;
  readonly folder?: string | undefined;
}

async function heal(ids: readonly string[], { all, folder }: HealOptions, io: CommandIo): Promise<void> {
  if (ids.length > 0 === (all === true)) throw new CommandError('name gaps, or say --all');
  await using stores = openStores(io);
  const { clickhouse } = stores;
  await requireMoved(clickhouse);
  const known = await readGaps(clickhouse, MAX_GAPS);
  const wanted = all === true ? known.filter(({ isOpen }) => isOpen).toReversed() : ids.map((id) => findGap(known, id));
  if (wanted.length === 0) return io.out('no gap is open');
  await using opened = await openSources(folder, io);
  const erased = createErasedAccounts(clickhouse);
  await erased.refresh();
  const write = openWriter(clickhouse, io);
  const healer = createGapHealer({ clickhouse, write, erased, sources: opened.sources, log: { info: () => {} } });
  const stopped = stopSignal('stopped. Run the command again: it goes on where it stopped');
  let open = 0;
  for (const gap of wanted) {
    const outcome = await healer.heal(gap, stopped);
    if (outcome.kind === 'healed') io.out(`${gap.gapId}: healed, ${outcome.events} events from ${outcome.source}`);
    else {
      open += 1;
      for (const reason of outcome.reasons) io.note(`${gap.gapId}: ${reason}`);
    }
  }
  if (open > 0) throw new CommandError(`${open} of ${wanted.length} gaps stay open`);
}

async function accept(ids: readonly string[], io: CommandIo): Promise<void> {
  await using stores = openStores(io);
  await requireMoved(stores.clickhouse);
  const known = await readGaps(stores.clickhouse, MAX_GAPS);
  const gaps = ids.map((id) => findGap(known, id));
  const rest = { source: 'nowhere: accepted as missing', numEvents: 0, healedAt: Date.now() };
  const rows = gaps.map(({ gapId, fromTime, toTime }) => ({ gapId, fromTime, toTime, ...rest }));
  await insertRows(stores.clickhouse, healedGaps, rows);
  for (const { gapId } of gaps) io.out(`${gapId}: accepted as missing`);
}

function findGap(known: readonly GapState[], id: string): GapState {
  const found = known.filter(({ gapId }) => gapId.startsWith(id));
  const [gap] = found;
  if (gap === undefined) throw new CommandError(`there is no gap ${id}`);
  if (found.length > 1) throw new CommandError(`${id} is the beginning of ${found.length} gaps`);
  return gap;
}

interface Sources extends AsyncDisposable {
  readonly sources: readonly GapSource[];
}

/** @throws CommandError where there is nothing to read from. */
async function openSources(folder: string | undefined, { env }: CommandIo): Promise<Sources> {
  if (folder !== undefined) return asSources(openFolder(folder), folder, []);
  const { archive, hosts } = readGapsConfig(env);
  const opened = archive && openArchive(archive, { retry: ARCHIVE_RETRY });
  return asSources(opened, archive === undefined ? '' : `the archive of ${archive.address}`, hosts);
}

function asSources(archive: OpenArchive | undefined, name: string, hosts: readonly string[]): Sources {
  const sources = [...(archive ? [archiveSource(archive, name)] : []), ...hosts.map((host) => hostSource(host))];
  return { sources, [Symbol.asyncDispose]: async () => archive?.[Symbol.asyncDispose]() };
}

function readId(text: string, before: readonly string[] | undefined = []): readonly string[] {
  if (/^[0-9a-f]{4,32}$/.test(text)) return [...before, text];
  throw new InvalidArgumentError('expected the id of a gap, 32 hex digits or at least the first 4 of them.');
}
