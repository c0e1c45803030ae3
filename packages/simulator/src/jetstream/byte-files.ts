import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Bytes in a row of files without names, so that nothing is left behind however the process ends. */
export interface ByteFiles extends Disposable {
  readonly start: number;
  readonly end: number;
  append(bytes: Uint8Array): void;
  /** At most `length` bytes from `offset` on; fewer where a file ends. @throws RangeError where nothing is kept */
  read(offset: number, length: number): Buffer;
  /** Forgets whole files that end at or before `offset`. */
  dropBefore(offset: number): void;
}

interface ByteFile {
  readonly start: number;
  end: number;
  readonly descriptor: number;
}

export function createByteFiles(fileBytes = 256 << 20): ByteFiles {
  const files: ByteFile[] = [];
  let end = 0;
  return {
    get start() {
      return files[0]?.start ?? end;
    },
    get end() {
      return end;
    },
    append(bytes) {
      let file = files.at(-1);
      if (file === undefined || end - file.start >= fileBytes) {
        file = { start: end, end, descriptor: openNameless() };
        files.push(file);
      }
      writeWhole(file.descriptor, bytes, end - file.start);
      file.end = end += bytes.length;
    },
    read(offset, length) {
      const file = files.find((candidate) => offset < candidate.end);
      if (file === undefined || offset < file.start) throw new RangeError(`byte ${offset} is no longer kept`);
      const buffer = Buffer.allocUnsafe(Math.min(length, file.end - offset));
      return buffer.subarray(0, readSync(file.descriptor, buffer, 0, buffer.length, offset - file.start));
    },
    dropBefore(offset) {
      while (files[0] !== undefined && files[0].end <= offset) closeSync((files.shift() as ByteFile).descriptor);
    },
    [Symbol.dispose]() {
      for (const { descriptor } of files.splice(0)) closeSync(descriptor);
    },
  };
}

function writeWhole(descriptor: number, bytes: Uint8Array, at: number): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(descriptor, bytes, done, bytes.length - done, at + done);
}

function openNameless(): number {
  const directory = mkdtempSync(join(tmpdir(), 'updraft-events-'));
  const descriptor = openSync(join(directory, 'log'), 'wx+');
  rmSync(directory, { recursive: true });
  return descriptor;
}
