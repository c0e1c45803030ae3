/*
 * In: a segment's name at an archive. Out: its file in a folder of ours.
 * Keeps: the file has the checksum that its header names, and is of one version: a download goes on only while the ETag stays, also after a
 * restart; memory holds one piece at a time.
 */

import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ArchiveFolderError, JetstreamError, SegmentCorruptError, UnavailableError } from '../errors.ts';
import { openSegment } from '../segment/open-segment.ts';
import { openFile } from '../segment/segment-file.ts';
import type { ArchiveClient } from './archive-client.ts';
import type { ArchiveResponse } from './archive-http.ts';
import { type RetryOptions, withRetry } from './retry.ts';

export interface DownloadOptions {
  readonly client: Pick<ArchiveClient, 'getSegment'>;
  readonly folder: string;
  readonly retry?: RetryOptions;
  /** So many bytes more have come. */
  readonly onBytes?: ((bytes: number) => void) | undefined;
}

/** How often a segment is begun again when its bytes are corrupt or of several versions. */
const MAX_VERSIONS = 5;

/**
 * The path of the whole file. @throws SegmentNotFoundError, SegmentCorruptError, ArchiveFolderError and others by type, or the signal's
 * reason.
 */
export function downloadSegment(options: DownloadOptions, name: string, signal: AbortSignal): Promise<string> {
  return download(options, name, signal).catch((error: unknown) => {
    throw error instanceof Error && 'syscall' in error && !signal.aborted ? new ArchiveFolderError(error) : error;
  });
}

async function download(options: DownloadOptions, name: string, signal: AbortSignal): Promise<string> {
  const { folder, retry = {} } = options;
  await mkdir(folder, { recursive: true });
  const path = join(folder, name);
  for (let version = 1; ; version++) {
    const part = await withRetry(
      (onProgress) => {
        const onBytes = (bytes: number): void => {
          onProgress();
          options.onBytes?.(bytes);
        };
        return fetchRest({ ...options, onBytes }, name, signal);
      },
      retry,
      signal,
    );
    try {
      await checkFile(part);
      await rename(part, path);
      return path;
    } catch (error) {
      await rm(part, { force: true });
      if (!(error instanceof SegmentCorruptError) || version >= MAX_VERSIONS) throw error;
    }
  }
}

/** What is there of a segment: `NAME.ETAG.part`. */
interface Part {
  readonly path: string;
  readonly etag: string;
  readonly bytes: number;
}

/** Fetches what is missing. The path of the part, which is complete then. @throws UnavailableError when it breaks off. */
async function fetchRest(options: DownloadOptions, name: string, signal: AbortSignal): Promise<string> {
  const { client, folder } = options;
  const begun = await findPart(folder, name);
  const range = begun === undefined ? { from: 0 } : { from: begun.bytes, etag: `"${begun.etag}"` };
  const response = await client.getSegment(name, range, signal);
  if (response.status === 416) {
    await response.bytes(MAX_IGNORED_BYTES);
    if (begun !== undefined) return begun.path; // all of it is there, unless it is another version
  }
  const etag = etagOf(response);
  if (begun !== undefined && response.status === 206 && etag === begun.etag) {
    await append(begun.path, begun.bytes, response, options.onBytes);
    return begun.path;
  }
  if (begun !== undefined) await rm(begun.path, { force: true }); // another version: what is there is of no use
  if (response.status !== 200) {
    await response.cancel();
    throw new UnavailableError(`the segment ${name} changed while it was downloaded`, { retryAfterMs: 0 });
  }
  const path = join(folder, `${name}.${etag}.part`);
  await append(path, 0, response, options.onBytes);
  return path;
}

const MAX_IGNORED_BYTES = 64 * 1024;

async function findPart(folder: string, name: string): Promise<Part | undefined> {
  for (const file of await readdir(folder)) {
    const etag = file.startsWith(`${name}.`)
      ? /^([0-9a-f]{16})\.part$/.exec(file.slice(name.length + 1))?.[1]
      : undefined;
    if (etag === undefined) continue;
    const path = join(folder, file);
    const part = await open(path);
    const { size } = await part.stat();
    await part.close();
    if (size > 0) return { path, etag, bytes: size };
    await rm(path, { force: true });
  }
  return undefined;
}

function etagOf({ headers }: ArchiveResponse): string {
  const etag = /^"([0-9a-f]{16})"$/.exec(headers.get('etag') ?? '')?.[1];
  if (etag === undefined) throw new JetstreamError('the archive sends a segment without its checksum as ETag');
  return etag;
}

async function append(
  path: string,
  at: number,
  response: ArchiveResponse,
  onBytes?: (bytes: number) => void,
): Promise<void> {
  const expected = Number(response.headers.get('content-length') ?? Number.NaN);
  const file = await open(path, at === 0 ? 'w' : 'r+');
  let written = 0;
  try {
    for await (const chunk of response.chunks) {
      await file.write(chunk, 0, chunk.length, at + written);
      written += chunk.length;
      onBytes?.(chunk.length);
    }
  } finally {
    await file.close();
  }
  if (written < expected) throw new UnavailableError(`the segment broke off after ${written} of ${expected} bytes`);
}

/** The name of the part bears the ETag, which is the checksum that its header has to name. */
async function checkFile(part: string): Promise<void> {
  const file = await openFile(part);
  try {
    const { header } = await openSegment(file);
    if (!part.endsWith(`.${header.checksum}.part`)) {
      throw new SegmentCorruptError(`its checksum ${header.checksum} is not its ETag`, 4);
    }
  } finally {
    await file.close();
  }
}
