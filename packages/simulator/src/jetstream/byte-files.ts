import { closeSync } from 'node:fs';
import { openNameless, readWhole, writeWhole } from './nameless-file.ts';

/** Bytes in a row of files without names, so that nothing is left behind however the process ends. */
export interface ByteFiles extends Disposable {
  readonly start: number;
  readonly end: number;
  append(bytes: Uint8Array): void;
  /** At most `length` bytes from `offset` on; fewer where a file ends. @throws RangeError where nothing is kept */
  read(offset: number, length: number): Buffer;
  /** Forgets whole files that end at or before `offset`. */
  dropBefore(offset: number): void;
  /** Forgets everything from `offset` on; the next bytes go there. */
  truncate(offset: number): void;
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
      return readWhole(file.descriptor, offset - file.start, Math.min(length, file.end - offset));
    },
    dropBefore(offset) {
      while (files[0] !== undefined && files[0].end <= offset) closeSync((files.shift() as ByteFile).descriptor);
    },
    truncate(offset) {
      for (let last = files.at(-1); last !== undefined && last.start >= offset; last = files.at(-1))
        closeSync((files.pop() as ByteFile).descriptor);
      const last = files.at(-1);
      if (last !== undefined) last.end = Math.min(last.end, offset);
      end = Math.min(end, offset);
    },
    [Symbol.dispose]() {
      for (const { descriptor } of files.splice(0)) closeSync(descriptor);
    },
  };
}
