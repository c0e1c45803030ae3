import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Since, sinceMicros } from '@updraft/ingest';
import { type ArchiveSettings, hostName, openArchive, openFolder } from '@updraft/jetstream';
import { type Logger, SetupError } from '@updraft/service';
import type { BackfillOptions } from './backfill.ts';

/** What a person wants of `pnpm backfill`. */
export interface BackfillChoice {
  readonly since: Since;
  readonly until?: Since | undefined;
  readonly collections?: readonly string[] | undefined;
  readonly dids?: readonly string[] | undefined;
  readonly folder?: string | undefined;
  readonly restart?: true | undefined;
  readonly json?: true | undefined;
}

/** @throws SetupError for a stretch that ends before it begins. */
export function stretchOf(
  { since, until }: BackfillChoice,
  nowMs: number,
): Pick<BackfillOptions, 'fromMicros' | 'toMicros'> {
  const fromMicros = sinceMicros(since, nowMs);
  const toMicros = until && sinceMicros(until, nowMs);
  if (toMicros !== undefined && toMicros <= fromMicros) throw new SetupError('--until has to be after --since');
  return { fromMicros, toMicros };
}

/**
 * With collections no `#sync`: it would put all records of its account out of sight, and bring back those of the chosen collections alone.
 */
export function filterOf({ dids, collections }: BackfillChoice): BackfillOptions['filter'] {
  return {
    ...(dids && { dids }),
    ...(collections && { collections, kinds: ['commit', 'identity', 'account'] }),
  };
}

/** Another choice is another backfill, with a progress of its own. An age is the same choice tomorrow. */
export function identityOf(choice: BackfillChoice, archive: ArchiveSettings | undefined): string {
  const { since, until, collections, dids, folder } = choice;
  const from = folder === undefined ? archive && hostName(archive.address) : resolve(folder);
  return JSON.stringify(['backfill', from, since, until, collections?.toSorted(), dids?.toSorted()]);
}

/** The folder with segments, or the archive, which goes on with the downloads of a `reading` that has a name. @throws SetupError where there is neither. */
export function openSource(
  { folder }: BackfillChoice,
  archive: ArchiveSettings | undefined,
  reading: string | undefined,
  log: Pick<Logger, 'warn'>,
): Pick<BackfillOptions, 'archive' | 'decoder' | 'source'> & AsyncDisposable {
  if (folder !== undefined) {
    if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true)
      throw new SetupError(`${folder} is not a folder`);
    return Object.assign(openFolder(folder), { source: resolve(folder) });
  }
  if (archive === undefined)
    throw new SetupError(
      'no host of WS_URL speaks v2, and so none has an archive: name one as JETSTREAM_ARCHIVE_URL, or a folder of segments by --folder',
    );
  const onRetry = ({ message }: Error, inMs: number): void =>
    log.warn(`${message}; trying again in ${(inMs / 1000).toFixed(1)} s`);
  return Object.assign(openArchive(archive, { reading, retry: { onRetry } }), {
    source: hostName(archive.address),
  });
}
