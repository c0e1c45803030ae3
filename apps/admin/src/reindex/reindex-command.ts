import { type BuildProgram, type CommandIo, InvalidArgumentError } from '@updraft/command';
import { parseSince, sinceMicros } from '@updraft/ingest';
import { startProgressBar } from '@updraft/service';
import { createErasedAccounts, createProgressStore, postHours, requireMoved } from '@updraft/store';
import { openStores } from '../open-stores.ts';
import { openWriter } from '../open-writer.ts';
import { type ReindexDeps, reindexHours } from './reindex-posts.ts';
import { type ReindexProgress, reachingTo, readProgress, startOf } from './reindex-progress.ts';

/** `pnpm admin reindex`: writes posts as this version reads them. */
export const addReindexCommand: BuildProgram = (program, io) => {
  program
    .command('reindex')
    .description(
      'Reads the stored records of posts again, the newest first, and writes their rows as this version does. Run it beside an indexer of this version. Interrupted and run again, it continues where it stopped.',
    )
    .option(
      '--since <age or time>',
      'such as 30d or 2026-07-04T14:00:00Z: leave out older posts, and those without a time in their keys',
      readSince,
      0,
    )
    .option('--restart', 'start from the newest post again')
    .action((options) => reindex(options, io));
};

/** The name that the progress is kept under. */
const NAME = 'reindex:posts';
const STRETCH_POSTS = 5_000;

async function reindex(
  { since: fromHour, restart }: { readonly since: number; readonly restart?: true | undefined },
  io: CommandIo,
): Promise<void> {
  await using stores = openStores(io);
  const { clickhouse } = stores;
  await requireMoved(clickhouse);
  const store = createProgressStore(clickhouse);
  const save = (progress: ReindexProgress | undefined) => store.save(NAME, progress ?? {}, Date.now() * 1000);
  const saved = restart === true ? undefined : readProgress(await store.load(NAME));
  if (saved !== undefined) io.note(`continuing after ${saved.read.toLocaleString('en')} posts; --restart starts again`);
  const start = saved === undefined ? startOf(fromHour) : reachingTo(saved, fromHour);
  const hours = await postHours(clickhouse, start.fromHour);
  const deps: ReindexDeps = {
    clickhouse,
    write: openWriter(clickhouse, io),
    erased: createErasedAccounts(clickhouse),
    stretchPosts: STRETCH_POSTS,
  };
  const { read, written } = await showing(io, start, hours, async (report) => {
    let progress = start;
    for await (progress of reindexHours(deps, hours, start)) {
      await save(progress);
      report(progress);
    }
    return progress;
  });
  await save(undefined);
  const left = read === written ? '' : `, ${read - written} left out: of erased accounts`;
  io.out(`${read} posts read, ${written} written again${left}`);
}

/** Shows the progress of the work while it runs. */
async function showing(
  { screen }: CommandIo,
  start: ReindexProgress,
  hours: readonly { readonly recordHour: number; readonly posts: number }[],
  work: (report: (progress: ReindexProgress) => void) => Promise<ReindexProgress>,
): Promise<ReindexProgress> {
  const startedAt = performance.now();
  const [total, before] = [rowsAfter(hours, NO_HOUR), rowsAfter(hours, start.hour)];
  let progress = start;
  const state = () => ({
    subject: 'posts',
    share: total === before ? 1 : (rowsAfter(hours, progress.hour) - before) / (total - before),
    count: progress.read - start.read,
    unit: 'posts',
    elapsedMs: performance.now() - startedAt,
  });
  const bar = screen === undefined ? undefined : startProgressBar(state, screen);
  try {
    const end = await work((reached) => {
      progress = reached;
    });
    progress = { ...end, hour: NO_HOUR };
    return end;
  } finally {
    bar?.finish();
  }
}

const NO_HOUR = -1;

/** Posts that are done while this hour is read: those of newer hours. */
function rowsAfter(hours: readonly { readonly recordHour: number; readonly posts: number }[], hour: number): number {
  return hours.reduce((sum, { recordHour, posts }) => sum + (recordHour > hour ? posts : 0), 0);
}

/** The oldest hour to read. */
function readSince(text: string): number {
  const since = parseSince(text);
  if (since !== undefined) return Math.max(1, Math.floor(sinceMicros(since, Date.now()) / 3_600_000_000));
  throw new InvalidArgumentError('expected a length of time such as 30d, or a time such as 2026-07-04T14:00:00Z.');
}
