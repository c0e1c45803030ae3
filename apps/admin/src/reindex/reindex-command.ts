import { type BuildProgram, type CommandIo, InvalidArgumentError } from '@updraft/command';
import { parseSince, sinceMicros } from '@updraft/ingest';
import { startProgressBar } from '@updraft/service';
import { createErasedAccounts, createProgressStore, postHours, requireMoved } from '@updraft/store';
import { openStores } from '../open-stores.ts';
import { openWriter } from '../open-writer.ts';
import { type ReindexPlace, reachingTo, readPlace, startOf } from './reindex-place.ts';
import { type ReindexDeps, reindexHours } from './reindex-posts.ts';

/** `pnpm admin reindex`: posts as this version of the programs reads them. */
export const addReindexCommand: BuildProgram = (program, io) => {
  program
    .command('reindex')
    .description(
      'Reads the stored records of posts again, the newest first, and writes what searches and feeds look at as this version reads it. Beside a running indexer of this version; interrupted and run again, it goes on where it was.',
    )
    .option(
      '--since <age or time>',
      'such as 30d or 2026-07-04T14:00:00Z: leave older posts as they are, and those without a time in their keys',
      readSince,
      0,
    )
    .option('--restart', 'begin anew')
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
  const progress = createProgressStore(clickhouse);
  const save = (place: ReindexPlace | undefined) => progress.save(NAME, place ?? {}, Date.now() * 1000);
  const saved = restart === true ? undefined : readPlace(await progress.load(NAME));
  if (saved !== undefined) io.note(`going on after ${saved.read.toLocaleString('en')} posts; --restart begins anew`);
  const start = saved === undefined ? startOf(fromHour) : reachingTo(saved, fromHour);
  const hours = await postHours(clickhouse, start.fromHour);
  const deps: ReindexDeps = {
    clickhouse,
    writer: openWriter(clickhouse, io),
    erased: createErasedAccounts(clickhouse),
    stretchPosts: STRETCH_POSTS,
  };
  const { read, written } = await showing(io, start, hours, async (report) => {
    let place = start;
    for await (place of reindexHours(deps, hours, start)) {
      await save(place);
      report(place);
    }
    return place;
  });
  await save(undefined);
  const left = read === written ? '' : `, ${read - written} left as they are: of erased accounts`;
  io.out(`${read} posts read, ${written} written again${left}`);
}

/** Shows how far the work is while it runs. */
async function showing(
  { screen }: CommandIo,
  start: ReindexPlace,
  hours: readonly { readonly recordHour: number; readonly posts: number }[],
  work: (report: (place: ReindexPlace) => void) => Promise<ReindexPlace>,
): Promise<ReindexPlace> {
  const startedAt = performance.now();
  const [total, before] = [rowsAfter(hours, NO_HOUR), rowsAfter(hours, start.hour)];
  let place = start;
  const state = () => ({
    subject: 'posts',
    share: total === before ? 1 : (rowsAfter(hours, place.hour) - before) / (total - before),
    count: place.read - start.read,
    unit: 'posts',
    elapsedMs: performance.now() - startedAt,
  });
  const bar = screen === undefined ? undefined : startProgressBar(state, screen);
  try {
    const end = await work((reached) => {
      place = reached;
    });
    place = { ...end, hour: NO_HOUR };
    return end;
  } finally {
    bar?.finish();
  }
}

const NO_HOUR = -1;

/** What is done when this hour is being worked on: the newest came first. */
function rowsAfter(hours: readonly { readonly recordHour: number; readonly posts: number }[], hour: number): number {
  return hours.reduce((sum, { recordHour, posts }) => sum + (recordHour > hour ? posts : 0), 0);
}

/** The first hour of posts that are read again. */
function readSince(text: string): number {
  const since = parseSince(text);
  if (since !== undefined) return Math.max(1, Math.floor(sinceMicros(since, Date.now()) / 3_600_000_000));
  throw new InvalidArgumentError('expected a length of time such as 30d, or a time such as 2026-07-04T14:00:00Z.');
}
