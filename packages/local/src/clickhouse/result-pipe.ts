import { execFile } from 'node:child_process';
import { closeSync, constants, openSync } from 'node:fs';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';

/**
 * Reads the bytes of a result. They end only after `finished` has settled; when it has failed, what came before its
 * error ends too.
 */
export type Consume<T> = (bytes: AsyncIterator<Buffer, undefined>, finished: Promise<T>) => Promise<void>;

/**
 * Makes named pipes, one for each query that may run at a time. A SELECT writes its result INTO OUTFILE of one: this way
 * every format comes out exactly as of a server, at the speed at which the client reads. chdb's own streaming formats
 * each block by itself, which breaks every format that has a beginning or an end, and plans the query on our event loop.
 */
export async function makeResultPipes(directory: string, count: number): Promise<string[]> {
  const paths = Array.from({ length: count }, (_, number) => join(directory, `result-${number}`));
  await promisify(execFile)('mkfifo', ['-m', '600', ...paths]);
  return paths;
}

/** Runs `start`, which writes into the pipe at `path`, while `consume` reads from it. */
export async function throughPipe<T>(path: string, start: () => Promise<T>, consume: Consume<T>): Promise<T> {
  const reading = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  // our own writing end keeps the reader from an early end of file; closed when the query is done, it lets it come
  const writing = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
  const bytes = new Socket({ fd: reading, readable: true, writable: false });
  const chunks = bytes[Symbol.asyncIterator]() as AsyncIterator<Buffer, undefined>;
  const finished = start().finally(() => closeSync(writing));
  const consumed = consumeAll(chunks, finished, consume);
  try {
    const [result] = await Promise.all([finished, consumed]);
    return result;
  } finally {
    await Promise.allSettled([finished, consumed]);
    bytes.destroy();
  }
}

/** Whatever becomes of the client, the engine must be able to write on until it is done or killed. */
async function consumeAll<T>(chunks: AsyncIterator<Buffer, undefined>, finished: Promise<T>, consume: Consume<T>) {
  try {
    await consume(chunks, finished);
  } finally {
    while ((await chunks.next()).done !== true);
  }
}
