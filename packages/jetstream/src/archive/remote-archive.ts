/*
 * In: an archive's host, and a folder for its segments. Out: its plans and blocks.
 * Keeps: a segment is on our disk while it is read and is removed then; of a plan of blocks only those are fetched.
 */

import { rm } from 'node:fs/promises';
import { JetstreamError, SegmentChangedError, SegmentCorruptError } from '../errors.ts';
import { MAX_BLOCKS } from '../segment/limits.ts';
import { openSegment } from '../segment/open-segment.ts';
import { openFile, type SegmentFile } from '../segment/segment-file.ts';
import type { ListedSegment, PlannedSegment } from './answers.ts';
import { type Archive, type ReadableBlock, type ReadableSegment, readableBlocks } from './archive.ts';
import type { ArchiveClient } from './archive-client.ts';
import { type DownloadOptions, downloadSegment } from './download.ts';
import { type RetryOptions, withRetry } from './retry.ts';

export interface RemoteArchiveOptions {
  readonly client: ArchiveClient;
  /** Of scratch: what a download that broke off has fetched stays there for the next. */
  readonly folder: string;
  readonly retry?: RetryOptions;
  readonly onBytes?: DownloadOptions['onBytes'];
}

export function createRemoteArchive(options: RemoteArchiveOptions): Archive {
  const { client, retry = {} } = options;
  return {
    plan: client.planSnapshot,
    segments: client.listSegments,
    open: (planned, signal) =>
      planned.mode === 'segment'
        ? openDownloaded(options, planned.name, signal)
        : Promise.resolve({ blocks: plannedBlocks(client, planned, signal), close: () => Promise.resolve() }),
    blocksOf: async (listed, signal) => (await openSegment(remoteFile(client, listed, retry, signal))).blocks,
  };
}

async function openDownloaded(
  options: RemoteArchiveOptions,
  name: string,
  signal: AbortSignal,
): Promise<ReadableSegment> {
  const path = await downloadSegment(options, name, signal).catch((error: unknown) => {
    throw error instanceof SegmentCorruptError ? error.of(name) : error;
  });
  const file = await openFile(path);
  const close = async (): Promise<void> => {
    await file.close();
    await rm(path, { force: true });
  };
  try {
    return { blocks: readableBlocks(await openSegment(file)), close };
  } catch (error) {
    await close();
    throw error instanceof SegmentCorruptError ? error.of(name) : error;
  }
}

function plannedBlocks(client: ArchiveClient, { name, blocks }: PlannedSegment, signal: AbortSignal): ReadableBlock[] {
  const count = blocks.reduce((sum, { first, last }) => sum + Math.max(0, last - first + 1), 0);
  if (count > MAX_BLOCKS) throw new JetstreamError(`the archive plans ${count} blocks of the segment ${name}`);
  return blocks.flatMap(({ first, last }) =>
    Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => ({
      block: first + i,
      claim: undefined,
      frame: async () => Uint8Array.from(await client.getBlock(name, first + i, signal)),
    })),
  );
}

/** Reads only those ranges of a segment that are asked for. */
function remoteFile(
  client: ArchiveClient,
  { name, sizeBytes, checksum }: ListedSegment,
  retry: RetryOptions,
  signal: AbortSignal,
): SegmentFile {
  const readRange = async (from: number, to: number): Promise<Buffer> => {
    const response = await client.getSegment(name, { from, to, etag: `"${checksum}"` }, signal);
    if (response.status === 206) return response.bytes(to - from + 1);
    await response.cancel();
    throw new SegmentChangedError(`the segment ${name} changed since it was listed`);
  };
  return {
    size: sizeBytes,
    read: (offset, length) => {
      const end = Math.min(offset + length, sizeBytes);
      if (end <= offset) return Promise.resolve(Buffer.alloc(0));
      return withRetry(() => readRange(offset, end - 1), retry, signal);
    },
    close: () => Promise.resolve(),
  };
}
