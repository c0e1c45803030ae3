import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { sleep } from '@updraft/service';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createArchiveClient } from './archive-client.ts';
import { type ArchiveServer, likeSegment, sendJson, sendSegment, startArchive } from './archive-server.fixture.ts';
import { downloadSegment } from './download.ts';

const { signal } = new AbortController();
const NAME = 'seg_1.jss';
let server: ArchiveServer;
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'updraft-download-'));
  server = await startArchive([await likeSegment(NAME, 1, 200)]);
});
afterEach(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

const bytesOf = (): Buffer => server.segments[0]?.bytes ?? Buffer.alloc(0);
const ranges = (): (string | undefined)[] => server.seen.map(({ headers }) => headers.range);

function download(tries = 20): Promise<string> {
  const retry = { minWaitMs: 1, tries };
  const client = createArchiveClient({ address: server.address, apiKey: 'the-key', retry, timeoutMs: 500 });
  return downloadSegment({ client, folder, retry }, NAME, signal);
}

/** Sends so many bytes at most of each answer, and breaks the connection once they are on the disk. */
function breakAfter(bytes: number, times: number): void {
  let left = times;
  server.intercept = (_, response, request) => {
    const [segment] = server.segments;
    if (left === 0 || segment === undefined) return false;
    left -= 1;
    const from = Number(/\d+/.exec(request.headers.range ?? '0')?.[0]);
    const write = response.end.bind(response);
    response.end = ((body: Buffer) => {
      response.write(body.subarray(0, bytes));
      void whenOnDisk(from + bytes).then(() => response.destroy());
      return response;
    }) as typeof write;
    sendSegment(segment, request, response);
    return true;
  };
}

async function whenOnDisk(bytes: number): Promise<void> {
  for (;;) {
    const [part] = await readdir(folder);
    if (part !== undefined && (await stat(join(folder, part))).size >= bytes) return;
    await sleep(2);
  }
}

describe('a download', () => {
  test('that breaks off goes on where it was, with what the first answer named', async () => {
    breakAfter(1_000, 3);
    expect(await readFile(await download())).toEqual(bytesOf());
    expect(ranges()).toEqual([undefined, 'bytes=1000-', 'bytes=2000-', 'bytes=3000-']);
    expect(server.seen.at(-1)?.headers['if-range']).toBe(`"${server.segments[0]?.checksum}"`);
  });

  test('goes on after a restart', async () => {
    breakAfter(1_000, 1);
    await expect(download(1)).rejects.toMatchObject({ name: 'UnavailableError' });
    expect(await readdir(folder)).toEqual([`${NAME}.${server.segments[0]?.checksum}.part`]);
    expect(await readFile(await download())).toEqual(bytesOf());
    expect(ranges()).toEqual([undefined, 'bytes=1000-']);
  });

  test('of a segment that is rewritten meanwhile begins again and has one version only', async () => {
    breakAfter(1_000, 1);
    await expect(download(1)).rejects.toMatchObject({ name: 'UnavailableError' });
    server.segments = [await likeSegment(NAME, 1, 150)];
    expect(await readFile(await download())).toEqual(bytesOf());
    expect(await readdir(folder)).toEqual([NAME]);
  });

  test('that is longer than the segment is by now begins again', async () => {
    breakAfter(3_000, 1);
    await expect(download(1)).rejects.toMatchObject({ name: 'UnavailableError' });
    server.segments = [await likeSegment(NAME, 1, 2)];
    expect(await readFile(await download())).toEqual(bytesOf());
  });

  test('of corrupt bytes is tried a few times, then it is an error, and nothing of it stays', async () => {
    const bytes = bytesOf();
    bytes[60] = (bytes[60] ?? 0) ^ 1;
    await expect(download()).rejects.toMatchObject({ name: 'SegmentCorruptError' });
    expect(ranges().length).toBe(5);
    expect(await readdir(folder)).toEqual([]);
  });

  test('from a host that sends nothing ends in time', async () => {
    server.intercept = () => true;
    await expect(download(2)).rejects.toMatchObject({ name: 'UnavailableError' });
  });
});

test('into a folder that is none says which setting names it', async () => {
  const file = join(folder, 'file');
  await writeFile(file, '');
  const client = createArchiveClient({ address: server.address });
  await expect(downloadSegment({ client, folder: join(file, 'below') }, 'seg_1.jss', signal)).rejects.toThrow(
    "ARCHIVE_FOLDER can't be used: ENOTDIR",
  );
});

describe('a request', () => {
  test('waits as the host asks, and tries again what may pass', async () => {
    const answers = [
      { status: 429, headers: { 'retry-after': '0' } },
      { status: 503, headers: {} },
      { status: 500, headers: { 'retry-after': 'soon' } },
    ];
    server.intercept = (_, response) => {
      const answer = answers.shift();
      if (answer !== undefined) response.writeHead(answer.status, answer.headers).end('busy');
      return answer !== undefined;
    };
    await download();
    expect(server.seen.length).toBe(4);
  });

  test.each([
    [400, 'InvalidRequestError'],
    [401, 'UnauthorizedError'],
    [403, 'UnauthorizedError'],
    [404, 'SegmentNotFoundError'],
  ])('that is answered with %i is not tried again', async (status, name) => {
    server.intercept = (_, response) => {
      sendJson(response, {}, status);
      return true;
    };
    await expect(download()).rejects.toMatchObject({ name });
    expect(server.seen.length).toBe(1);
  });

  test('bears the key to the archive, and not along a redirect', async () => {
    const other = createServer((request, response) => {
      keys.push(request.headers.authorization);
      const [segment] = server.segments;
      if (segment !== undefined) sendSegment(segment, request, response);
    }).listen(0, '127.0.0.1');
    await once(other, 'listening');
    const keys: (string | undefined)[] = [];
    const location = `http://127.0.0.1:${(other.address() as AddressInfo).port}/`;
    server.intercept = (_, response) => {
      response.writeHead(302, { location }).end();
      return true;
    };
    await download();
    other.close();
    expect(server.seen.map(({ headers }) => headers.authorization)).toEqual(['Bearer the-key']);
    expect(keys).toEqual([undefined]);
  });

  test('for the list of segments is made for each page, and not round and round', async () => {
    const [segment] = server.segments;
    const pages = [{ cursor: '1' }, { cursor: '2' }, {}, { cursor: '1' }, { cursor: '2' }, { cursor: '1' }];
    server.intercept = (_, response) => {
      const entry = { name: NAME, checksum: segment?.checksum, sizeBytes: 1, eventCount: 1, minSeq: 1, maxSeq: 1 };
      sendJson(response, { ...pages.shift(), segments: [{ ...entry, minWitnessedAt: 1, maxWitnessedAt: 1 }] });
      return true;
    };
    const client = createArchiveClient({ address: server.address });
    const list = async (): Promise<number> => {
      let count = 0;
      for await (const { maxSeq } of client.listSegments(signal)) count += maxSeq;
      return count;
    };
    expect(await list()).toBe(3);
    await expect(list()).rejects.toThrow('goes round in circles');
  });

  test('for a dictionary gives its bytes and its id', async () => {
    server.intercept = (_, response) => {
      response.setHeader('x-zstd-dictionary-id', '17');
      response.end('dictionary');
      return true;
    };
    const { id, bytes } = await createArchiveClient({ address: server.address }).getZstdDictionary(undefined, signal);
    expect([id, bytes.toString()]).toEqual([17, 'dictionary']);
  });

  test('that is redirected round and round is an error', async () => {
    server.intercept = (_, response) => {
      response.writeHead(302, { location: server.address }).end();
      return true;
    };
    await expect(download()).rejects.toMatchObject({ name: 'JetstreamError' });
  });
});

test('an answer that waits to be read survives a garbage collection', async () => {
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as () => void;
  const client = createArchiveClient({ address: server.address });
  const response = await client.getSegment(NAME, { from: 0 }, signal);
  for (let i = 0; i < 5; i++) {
    collectGarbage();
    await sleep(5);
  }
  expect((await response.bytes(1e9)).equals(bytesOf())).toBe(true);
});
