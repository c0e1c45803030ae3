import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip, createZstdCompress } from 'node:zlib';
import { eventLine } from './event.ts';
import type { World } from './world.ts';

/**
 * Writes the world's first events as Jetstream lines to a file; `.gz` and `.zst` names are compressed. Frames that are empty or hold a
 * line break are left out: a file of lines can't carry them. Returns how many lines it wrote.
 */
export async function writeWorldFile(
  world: World,
  file: string,
  events: number,
  onProgress?: (events: number) => void,
): Promise<number> {
  const codec = file.endsWith('.gz') ? [createGzip()] : file.endsWith('.zst') ? [createZstdCompress()] : [];
  let written = 0;
  const source = Readable.from(
    chunks(world, events, (lines, seen) => {
      written += lines;
      onProgress?.(seen);
    }),
  );
  const target = createWriteStream(file);
  await pipeline([source, ...codec, target]);
  if (!target.closed) await once(target, 'close');
  return written;
}

const LINES_A_CHUNK = 2_000;

function* chunks(world: World, events: number, onChunk: (lines: number, seen: number) => void): Generator<Buffer> {
  const source = world.events();
  for (let seen = 0; seen < events; ) {
    const lines: string[] = [];
    for (let i = 0; i < LINES_A_CHUNK && seen < events; i++, seen++) {
      const line = eventLine(source.next().value);
      if (line !== '' && !line.includes('\n')) lines.push(line);
    }
    onChunk(lines.length, seen);
    yield Buffer.from(`${lines.join('\n')}\n`);
  }
}
