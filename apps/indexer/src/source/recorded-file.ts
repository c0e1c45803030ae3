import { createReadStream } from 'node:fs';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { createLineSplitter } from './lines.ts';
import { roomOrEnd, type Source, takeLine } from './source.ts';

/** How much of a file has been read. */
export interface FilePosition {
  /** Lines taken in, including those of an earlier run. */
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

/** The longest line; a longer one is cut here, and is rejected then. */
const MAX_LINE_BYTES = 32 * 1024 * 1024;
const CHUNK_BYTES = 256 * 1024;

/**
 * Reads a recorded stream, as fast as the sink takes it. Rejects when the file can't be read to its end; the sink has
 * what came before.
 */
export function createRecordedFileSource({ path, skipLines, position }: RecordedFileOptions): Source {
  return {
    run: async (sink, signal) => {
      const file = createReadStream(path, { highWaterMark: CHUNK_BYTES });
      const splitter = createLineSplitter(MAX_LINE_BYTES, (line) => {
        position.lines += 1;
        if (position.lines > skipLines && line !== '') takeLine(sink, line);
      });
      try {
        for await (const chunk of decompressed(path, file) as AsyncIterable<Buffer>) {
          splitter.push(chunk);
          position.bytesRead = file.bytesRead;
          if (sink.isFull()) await roomOrEnd(sink, signal);
          if (signal.aborted) return;
        }
        splitter.end();
      } finally {
        file.destroy();
      }
    },
  };
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
