import { type FileHandle, open, rm } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from 'node:zlib';
import { ClickHouseException, notSupported } from './errors.ts';

const HELD_BYTES = 4 * 1024 * 1024;

/** The body of a request, decompressed; it fails when it grows beyond `maxBytes` or breaks off. */
export function openBody(request: IncomingMessage, maxBytes: number): AsyncIterable<Buffer> {
  return bounded(decoded(request), maxBytes);
}

function decoded(request: IncomingMessage): Readable {
  const encoding = request.headers['content-encoding']?.toLowerCase() ?? 'identity';
  const decoder = createDecoder(encoding);
  if (decoder === undefined) return request;
  // not `pipeline`: an error of the decoder must leave the connection, which still has to bear the answer
  request.once('error', (error) => decoder.destroy(error));
  return request.pipe(decoder);
}

function createDecoder(encoding: string) {
  switch (encoding) {
    case 'identity':
    case '':
      return undefined;
    case 'gzip':
      return createGunzip();
    case 'zstd':
      return createZstdDecompress();
    case 'deflate':
      return createInflate();
    case 'br':
      return createBrotliDecompress();
    default:
      throw notSupported(`Content-Encoding ${encoding}`);
  }
}

async function* bounded(body: Readable, maxBytes: number): AsyncGenerator<Buffer> {
  let bytes = 0;
  try {
    for await (const chunk of body.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > maxBytes) {
        throw new ClickHouseException(229, 'QUERY_IS_TOO_LARGE', `The request is larger than ${maxBytes} bytes.`);
      }
      yield chunk;
    }
  } catch (error) {
    if (error instanceof ClickHouseException) throw error;
    throw new ClickHouseException(33, 'CANNOT_READ_ALL_DATA', `The request can't be read: ${String(error)}.`, {
      cause: error,
    });
  }
}

/** A temporary file with the rows of an INSERT; it is gone when disposed. */
export interface SpoolFile extends AsyncDisposable {
  readonly path: string;
  readonly bytes: number;
}

/** Writes `first` and all of `rest` into a file of `directory`. What is small is written at once. */
export async function spool(
  directory: string,
  name: string,
  first: Buffer,
  rest: AsyncIterable<Buffer>,
): Promise<SpoolFile> {
  const path = join(directory, name);
  const file = await open(path, 'wx', 0o600);
  const remove = () => rm(path, { force: true });
  try {
    const bytes = await writeAll(file, first, rest);
    return { path, bytes, [Symbol.asyncDispose]: remove };
  } catch (error) {
    await remove();
    throw error;
  } finally {
    await file.close();
  }
}

async function writeAll(file: FileHandle, first: Buffer, rest: AsyncIterable<Buffer>): Promise<number> {
  let held: Buffer[] = first.length > 0 ? [first] : [];
  let heldBytes = first.length;
  let written = 0;
  const flush = async () => {
    if (heldBytes > 0) await writeBuffers(file, held, heldBytes);
    written += heldBytes;
    held = [];
    heldBytes = 0;
  };
  for await (const chunk of rest) {
    held.push(chunk);
    heldBytes += chunk.length;
    if (heldBytes >= HELD_BYTES) await flush();
  }
  await flush();
  return written;
}

/** Without a copy into one buffer, which costs as much as all else here. */
async function writeBuffers(file: FileHandle, buffers: Buffer[], bytes: number): Promise<void> {
  const { bytesWritten } = await file.writev(buffers);
  // cut short, as by a disk that is nearly full: the rest goes in now, or fails with the reason
  if (bytesWritten < bytes) await file.writeFile(Buffer.concat(buffers).subarray(bytesWritten));
}
