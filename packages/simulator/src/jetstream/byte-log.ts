import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Bytes that are only ever appended: the end in memory, the rest in files of its own that have no name, so that nothing is left behind
 * however the process ends. Old files can be dropped from the front.
 */
export interface ByteLog extends Disposable {
  /** Where the oldest kept byte stands, and where the next one will. Offsets never change. */
  readonly start: number;
  readonly end: number;
  append(bytes: Uint8Array): void;
  /** At most `length` bytes from `offset` on; fewer at the end or where a file ends, none only at the end. */
  read(offset: number, length: number): Buffer;
  /** Forgets whole files that end at or before `offset`. */
  dropBefore(offset: number): void;
}

interface Segment {
  readonly start: number;
  end: number;
  readonly file: number;
}

const TAIL_BYTES = 4 << 20;

export function createByteLog(segmentBytes = 256 << 20): ByteLog {
  const segments: Segment[] = [];
  let tail = Buffer.allocUnsafe(TAIL_BYTES);
  let tailStart = 0;
  let tailLength = 0;
  const flush = () => {
    let segment = segments.at(-1);
    if (segment === undefined || segment.end - segment.start >= segmentBytes) {
      segment = { start: tailStart, end: tailStart, file: openNameless() };
      segments.push(segment);
    }
    writeWhole(segment.file, tail.subarray(0, tailLength), segment.end - segment.start);
    segment.end += tailLength;
    tailStart += tailLength;
    // A reader may still hold a view of the old one.
    tail = Buffer.allocUnsafe(TAIL_BYTES);
    tailLength = 0;
  };
  const append = (bytes: Uint8Array) => {
    let done = 0;
    while (done < bytes.length) {
      if (tailLength === TAIL_BYTES) flush();
      const part = bytes.subarray(done, done + TAIL_BYTES - tailLength);
      tail.set(part, tailLength);
      tailLength += part.length;
      done += part.length;
    }
  };
  return {
    get start() {
      return segments[0]?.start ?? tailStart;
    },
    get end() {
      return tailStart + tailLength;
    },
    append,
    read(offset, length) {
      if (offset >= tailStart)
        return tail.subarray(offset - tailStart, Math.min(tailLength, offset - tailStart + length));
      const segment = segments.find((candidate) => offset < candidate.end);
      if (segment === undefined || offset < segment.start) throw new RangeError(`byte ${offset} is kept no more`);
      const buffer = Buffer.allocUnsafe(Math.min(length, segment.end - offset));
      return buffer.subarray(0, readSync(segment.file, buffer, 0, buffer.length, offset - segment.start));
    },
    dropBefore(offset) {
      while (segments[0] !== undefined && segments[0].end <= offset) closeSync((segments.shift() as Segment).file);
    },
    [Symbol.dispose]() {
      for (const { file } of segments.splice(0)) closeSync(file);
    },
  };
}

function writeWhole(file: number, bytes: Uint8Array, at: number): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done, bytes.length - done, at + done);
}

function openNameless(): number {
  const directory = mkdtempSync(join(tmpdir(), 'updraft-events-'));
  const file = openSync(join(directory, 'log'), 'wx+');
  rmSync(directory, { recursive: true });
  return file;
}
