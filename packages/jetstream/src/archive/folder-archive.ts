/*
 * In: a folder with segments (`*.jss`). Out: the same as an archive's host gives.
 * Keeps: files are read and never changed; a corrupt one is an error with its name, found before anything is read.
 */

import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { SegmentCorruptError } from '../errors.ts';
import { openSegment, type Segment } from '../segment/open-segment.ts';
import { openFile } from '../segment/segment-file.ts';
import type { ListedSegment } from './answers.ts';
import { type Archive, readableBlocks } from './archive.ts';

export function createFolderArchive(folder: string): Archive {
  let listed: Promise<ListedSegment[]> | undefined;
  const list = (): Promise<ListedSegment[]> => (listed ??= listFolder(folder));
  return {
    plan: async ({ afterSeq, beforeSeq = Number.MAX_SAFE_INTEGER }) => {
      const segments = await list();
      const tipSeq = Math.min(beforeSeq, segments.at(-1)?.maxSeq ?? 0);
      const wanted = segments.filter(({ minSeq, maxSeq }) => maxSeq > afterSeq && minSeq <= tipSeq);
      return {
        plannedThroughSeq: tipSeq,
        sealedTipSeq: tipSeq,
        segments: wanted.map((segment) => ({ ...segment, mode: 'segment', blocks: [] })),
      };
    },
    segments: async function* () {
      yield* await list();
    },
    open: async ({ name }) => {
      const file = await openFile(join(folder, name));
      try {
        return { blocks: readableBlocks(await openSegment(file)), close: () => file.close() };
      } catch (error) {
        await file.close();
        throw named(error, name);
      }
    },
    blocksOf: ({ name }) => withSegment(folder, name, ({ blocks }) => blocks),
  };
}

async function listFolder(folder: string): Promise<ListedSegment[]> {
  const segments: ListedSegment[] = [];
  for (const name of await readdir(folder)) {
    if (!name.endsWith('.jss')) continue;
    const { header, sizeBytes } = await withSegment(folder, name, (segment, size) => ({ ...segment, sizeBytes: size }));
    segments.push({ ...header, name, sizeBytes, eventCount: header.rowCount });
  }
  return segments.toSorted((a, b) => a.minSeq - b.minSeq || a.maxSeq - b.maxSeq);
}

async function withSegment<T>(folder: string, name: string, use: (segment: Segment, size: number) => T): Promise<T> {
  const file = await openFile(join(folder, name));
  try {
    return use(await openSegment(file), file.size);
  } catch (error) {
    throw named(error, name);
  } finally {
    await file.close();
  }
}

function named(error: unknown, segment: string): unknown {
  return error instanceof SegmentCorruptError ? error.of(segment) : error;
}
