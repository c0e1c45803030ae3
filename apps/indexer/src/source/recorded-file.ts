import { createReadStream } from 'node:fs';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { createLineSplitter } from './lines.ts';
import type { FrameSink, Source } from './source.ts';

/** How far the reading of a file is. */
export interface FilePosition {
  /** Lines taken in, those that an earlier run took included. */
  lines: number;
  /** Bytes read from the disk. */
  bytesRead: number;
}

export interface RecordedFileOptions {
  /** `.jsonl`, `.gz` or `.zst`: Jetstream's events, one a line. */
  readonly path: string;
  /** Lines that were taken in by an earlier run. */
  readonly skipLines: number;
  /** Kept up to date. */
  readonly position: FilePosition;
}

/** The longest line; one that goes on is cut there, and so is no event. */
const MAX_LINE_BYTES = 32 * 1024 * 1024;
const CHUNK_BYTES = 256 * 1024;

/**
 * Reads a recorded stream, as fast as the sink takes it. Rejects when the file can't be read to its end; what came before is in the
 * sink then.
 */
export function createRecordedFileSource({ path, skipLines, position }: RecordedFileOptions): Source {
  return {
    run: async (sink, signal) => {
      const file = createReadStream(path, { highWaterMark: CHUNK_BYTES });
      const splitter = createLineSplitter(MAX_LINE_BYTES, (line) => {
        position.lines += 1;
        if (position.lines > skipLines && line !== '') sink.frame(line);
      });
      try {
        for await (const chunk of decompressed(path, file) as AsyncIterable<Buffer>) {
          splitter.push(chunk);
          position.bytesRead = file.bytesRead;
          if (!(await hasRoom(sink, signal))) return;
        }
        splitter.end();
      } finally {
        file.destroy();
      }
    },
  };
}

/** False when the signal ends the reading. */
async function hasRoom(sink: FrameSink, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return false;
  if (!sink.isFull()) return true;
  return sink.hasRoom(signal).then(
    () => true,
    () => false,
  );
}

function decompressed(path: string, file: Readable): Readable {
  const options = { chunkSize: CHUNK_BYTES };
  const codec = path.endsWith('.gz')
    ? createGunzip(options)
    : path.endsWith('.zst')
      ? createZstdDecompress(options)
      : undefined;
  // An error of either side surfaces where the last stream is read.
  return codec === undefined ? file : pipeline(file, codec, () => {});
}
