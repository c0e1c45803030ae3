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
}

const TAIL_BYTES = 4 << 20;

export function createByteLog(fileBytes?: number): ByteLog {
  const files = createByteFiles(fileBytes);
  let tail = Buffer.allocUnsafe(TAIL_BYTES);
  let tailLength = 0;
  const flush = () => {
    files.append(tail.subarray(0, tailLength));
    // A reader may still hold a view of the old one.
    tail = Buffer.allocUnsafe(TAIL_BYTES);
    tailLength = 0;
  };
  return {
    get start() {
      return files.start;
    },
    get end() {
      return files.end + tailLength;
    },
    append(bytes) {
      for (let done = 0; done < bytes.length; ) {
        if (tailLength === TAIL_BYTES) flush();
        const part = bytes.subarray(done, done + TAIL_BYTES - tailLength);
        tail.set(part, tailLength);
        tailLength += part.length;
        done += part.length;
      }
    },
    read(offset, length) {
      const at = offset - files.end;
      return at < 0 ? files.read(offset, length) : tail.subarray(at, Math.min(tailLength, at + length));
    },
    dropBefore: files.dropBefore,
    [Symbol.dispose]: () => files[Symbol.dispose](),
  };
}
