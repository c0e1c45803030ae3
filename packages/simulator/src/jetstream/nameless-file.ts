import { mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Opens a file that has no name, so that nothing is left behind however the process ends. */
export function openNameless(): number {
  const directory = mkdtempSync(join(tmpdir(), 'updraft-events-'));
  const descriptor = openSync(join(directory, 'log'), 'wx+');
  rmSync(directory, { recursive: true });
  return descriptor;
}

export function writeWhole(descriptor: number, bytes: Uint8Array, at: number): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(descriptor, bytes, done, bytes.length - done, at + done);
}

/** These bytes, or fewer at the end of the file. */
export function readWhole(descriptor: number, at: number, length: number): Buffer {
  const buffer = Buffer.allocUnsafe(length);
  let done = 0;
  for (let more = -1; done < length && more !== 0; done += more)
    more = readSync(descriptor, buffer, done, length - done, at + done);
  return buffer.subarray(0, done);
}
