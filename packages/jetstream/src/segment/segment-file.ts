import { open } from 'node:fs/promises';

/** Bytes that a segment is read from, at any place. */
export interface SegmentFile {
  readonly size: number;
  /** Exactly these bytes, or fewer at the end of the file. */
  read(offset: number, length: number): Promise<Buffer>;
  close(): Promise<void>;
}

/** A segment on the disk. */
export async function openFile(path: string): Promise<SegmentFile> {
  const file = await open(path);
  const { size } = await file.stat();
  return {
    size,
    read: async (offset, length) => {
      const bytes = Buffer.allocUnsafe(Math.max(0, Math.min(length, size - offset)));
      const { bytesRead } = await file.read(bytes, 0, bytes.length, offset);
      return bytes.subarray(0, bytesRead);
    },
    close: () => file.close(),
  };
}

/** A segment in memory. */
export function bytesFile(bytes: Buffer): SegmentFile {
  return {
    size: bytes.length,
    read: (offset, length) => Promise.resolve(bytes.subarray(offset, offset + length)),
    close: () => Promise.resolve(),
  };
}
