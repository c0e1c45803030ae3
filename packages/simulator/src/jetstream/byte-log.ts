import { type ByteFiles, createByteFiles } from './byte-files.ts';

/** Bytes that are only ever appended: the end in memory, the rest in files. Old files can be dropped from the front. */
export interface ByteLog extends Disposable {
  /** The offset of the oldest kept byte, and of the next one. A byte's offset never changes. */
  readonly start: number;
  readonly end: number;
  append(bytes: Uint8Array): void;
  /** At most `length` bytes from `offset` on; fewer at the end or where a file ends, none only at the end. */
  read: ByteFiles['read'];
  /** Forgets whole files that end at or before `offset`. */
  dropBefore: ByteFiles['dropBefore'];
  /** Forgets everything from `offset` on; the next bytes go there. */
  truncate: ByteFiles['truncate'];
}

export function createByteLog(fileBytes?: number): ByteLog {
  const files = createByteFiles(fileBytes);
  const tail = createTail();
  return {
    get start() {
      return files.start;
    },
    get end() {
      return files.end + tail.length();
    },
    append(bytes) {
      for (let done = 0; done < bytes.length; ) {
        if (tail.isFull()) files.append(tail.take());
        done += tail.append(bytes.subarray(done));
      }
    },
    read(offset, length) {
      return offset < files.end ? files.read(offset, length) : tail.read(offset - files.end, length);
    },
    dropBefore: files.dropBefore,
    truncate(offset) {
      tail.truncate(Math.max(0, offset - files.end));
      files.truncate(offset);
    },
    [Symbol.dispose]: () => files[Symbol.dispose](),
  };
}

const TAIL_BYTES = 4 << 20;

/** The bytes in memory. What was read of them is never overwritten. */
function createTail() {
  let bytes = Buffer.allocUnsafe(TAIL_BYTES);
  let length = 0;
  return {
    length: () => length,
    isFull: () => length === TAIL_BYTES,
    /** Appends what fits, and returns how much that is. */
    append(added: Uint8Array): number {
      const part = added.subarray(0, TAIL_BYTES - length);
      bytes.set(part, length);
      length += part.length;
      return part.length;
    },
    take(): Buffer {
      const taken = bytes.subarray(0, length);
      bytes = Buffer.allocUnsafe(TAIL_BYTES);
      length = 0;
      return taken;
    },
    read: (at: number, count: number) => bytes.subarray(at, Math.min(length, at + count)),
    truncate(kept: number) {
      bytes = Buffer.concat([bytes.subarray(0, kept)], TAIL_BYTES);
      length = Math.min(length, kept);
    },
  };
}
