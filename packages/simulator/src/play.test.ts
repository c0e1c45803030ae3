import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectClient } from './jetstream/test-client.ts';
import { type PlaySettings, type Recording, startPlayServer } from './play.ts';

const LINES = Array.from(
  { length: 2_000 },
  (_, i) =>
    `{"did":"did:plc:x${i % 10}","time_us":${1.7e15 + i * 1_000},"kind":"commit","commit":{"collection":"a.b.c${i % 3}"},"i":${i}}`,
);
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'updraft-play-'));
  const text = Buffer.from(`${LINES.join('\n')}\n`);
  const [half, rest] = [text.subarray(0, 50_000), text.subarray(50_000)];
  await writeFile(join(folder, 'a.jsonl'), text);
  await writeFile(join(folder, 'a.jsonl.gz'), Buffer.concat([gzipSync(half), gzipSync(rest)]));
  await writeFile(join(folder, 'a.jsonl.zst'), Buffer.concat([zstdCompressSync(half), zstdCompressSync(rest)]));
  await writeFile(join(folder, 'b.jsonl'), LINES.slice(0, 3).join('\r\n\r\n'));
});
afterAll(() => rm(folder, { recursive: true }));

async function linesOf(
  recording: Recording & PlaySettings,
  count: number,
  query: Record<string, string> = {},
): Promise<string[]> {
  const server = await startPlayServer(recording);
  try {
    return await (await connectClient(server.url, query)).received(count);
  } finally {
    await server.close();
  }
}

describe('a recording', () => {
  test.each(['a.jsonl', 'a.jsonl.gz', 'a.jsonl.zst'])(
    'in %s is played line for line, also when it was compressed in pieces',
    async (name) => {
      expect(await linesOf({ file: join(folder, name) }, 2_000)).toEqual(LINES);
    },
  );

  test('may end its lines as it likes', async () => {
    expect(await linesOf({ file: join(folder, 'b.jsonl') }, 3)).toEqual(LINES.slice(0, 3));
  });

  test('is entered by line number, or by time', async () => {
    expect(await linesOf({ lines: LINES }, 1, { cursor: '1500' })).toEqual([LINES[1_499]]);
    expect(await linesOf({ lines: LINES }, 1, { cursor: String(1.7e15 + 700_000) })).toEqual([LINES[700]]);
    expect(await linesOf({ lines: LINES }, 1, { cursor: '1000000000000000' })).toEqual([LINES[0]]);
  });

  test('gets numbers as cursors when asked to', async () => {
    const [line = ''] = await linesOf({ lines: LINES, attachCursor: true }, 1, { cursor: '7' });
    expect(JSON.parse(line)).toMatchObject({ cursor: 7, i: 6 });
  });

  test('can be filtered', async () => {
    const lines = await linesOf({ lines: LINES }, 600, { wantedCollections: 'a.b.c1' });
    expect(lines).toEqual(LINES.filter((_, i) => i % 3 === 1).slice(0, 600));
  });

  test('leaves the connection open at its end', async () => {
    const server = await startPlayServer({ lines: LINES });
    const client = await connectClient(server.url, { cursor: '2000' });
    await client.received(1);
    expect(client.socket.readyState).toBe(client.socket.OPEN);
    await server.close();
    expect((await client.closed).code).toBe(1001);
  });

  test('that can not be read closes the connection with 1011', async () => {
    const server = await startPlayServer({ file: join(folder, 'missing.jsonl') });
    const client = await connectClient(server.url);
    expect((await client.closed).code).toBe(1011);
    await server.close();
  });
});
