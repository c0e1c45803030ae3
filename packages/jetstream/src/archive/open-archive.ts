/*
 * In: the settings of an archive. Out: the archive and a decoder, as readArchive() takes them, to be disposed of together.
 * Keeps: each reading has a folder of its own, in which a later one of the same name goes on with a download that broke off; one without a
 * name leaves nothing behind.
 */

import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createDecoder, type Decoder } from '../decode/decoder.ts';
import type { Archive } from './archive.ts';
import { createArchiveClient } from './archive-client.ts';
import type { ArchiveSettings } from './archive-settings.ts';
import { createFolderArchive } from './folder-archive.ts';
import { createRemoteArchive } from './remote-archive.ts';
import type { RetryOptions } from './retry.ts';

export interface OpenArchive extends AsyncDisposable {
  readonly archive: Archive;
  readonly decoder: Decoder;
}

export interface OpenArchiveOptions {
  /** Names what the archive is read for, such as `gaps`, and for whom: two readings of one name must not run at the same time. */
  readonly reading?: string | undefined;
  readonly retry?: RetryOptions;
  /** So many bytes more have been downloaded. */
  readonly onBytes?: ((bytes: number) => void) | undefined;
  /** Threads that decode. */
  readonly threads?: number;
}

/** The archive of a host. Nothing is asked before it is read. */
export function openArchive(
  { address, apiKey, folder }: ArchiveSettings,
  { reading, retry = {}, onBytes, threads = 1 }: OpenArchiveOptions,
): OpenArchive {
  const client = createArchiveClient({ address, apiKey, retry });
  const own = join(folder, reading ?? randomUUID());
  const archive = createRemoteArchive({ client, folder: own, retry, onBytes });
  const opened = withDecoder(archive, threads);
  if (reading !== undefined) return opened;
  const dispose = async (): Promise<void> => {
    await opened[Symbol.asyncDispose]();
    await rm(own, { recursive: true, force: true });
  };
  return { ...opened, [Symbol.asyncDispose]: dispose };
}

/** The archive that a folder with segments is. */
export function openFolder(folder: string, { threads = 1 }: Pick<OpenArchiveOptions, 'threads'> = {}): OpenArchive {
  return withDecoder(createFolderArchive(folder), threads);
}

function withDecoder(archive: Archive, threads: number): OpenArchive {
  const decoder = createDecoder(threads);
  return { archive, decoder, [Symbol.asyncDispose]: () => decoder.stop() };
}
