import { createReadStream } from 'node:fs';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';

/**
 * The lines of a recorded file (`.jsonl`, `.jsonl.gz`, `.jsonl.zst`) in groups as they come from the disk: bytes, without
 * line ends and empty lines. The file is streamed: memory is bounded by the longest line.
 */
export async function* readLines(file: string, signal?: AbortSignal): AsyncGenerator<Buffer[]> {
  let rest: Buffer[] = [];
  for await (const chunk of openStream(file, signal) as AsyncIterable<Buffer>) {
    const lines: Buffer[] = [];
    let start = 0;
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, start)) {
      const line = withoutReturn(
        rest.length === 0 ? chunk.subarray(start, end) : Buffer.concat([...rest, chunk.subarray(start, end)]),
      );
      rest = [];
      if (line.length > 0) lines.push(line);
      start = end + 1;
    }
    if (start < chunk.length) rest.push(chunk.subarray(start));
    if (lines.length > 0) yield lines;
  }
  const last = withoutReturn(Buffer.concat(rest));
  if (last.length > 0) yield [last];
}

function openStream(file: string, signal: AbortSignal | undefined): Readable {
  const source = createReadStream(file, { highWaterMark: 1 << 20, ...(signal && { signal }) });
  const codec = file.endsWith('.gz') ? createGunzip() : file.endsWith('.zst') ? createZstdDecompress() : undefined;
  // Errors of either side surface where the last stream is read.
  return codec ? pipeline(source, codec, () => {}) : source;
}

function withoutReturn(line: Buffer): Buffer {
  return line.at(-1) === 13 ? line.subarray(0, -1) : line;
}
