import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SegmentCorruptError } from '../errors.ts';
import { decodeBlock, encodeBlock } from './block.ts';
import { readColumns, writeColumns } from './columns.ts';
import { MAX_BLOCK_ROWS } from './limits.ts';
import { anyRow, likeRow } from './rows.fixture.ts';
import { compress } from './zstd.ts';

describe('a block', () => {
  test('of any bytes is rows or corrupt, and nothing else', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          const columns = readColumns(Buffer.from(bytes), 0);
          for (let row = 0; row < columns.rowCount; row++) columns.rowAt(row);
        } catch (error) {
          expect(error).toBeInstanceOf(SegmentCorruptError);
        }
      }),
    );
  });

  test('with any bytes changed is rows or corrupt', () => {
    const change = fc.tuple(fc.nat(), fc.nat({ max: 255 }));
    fc.assert(
      fc.property(
        fc.array(anyRow, { minLength: 1, maxLength: 3 }),
        fc.array(change, { minLength: 1 }),
        (rows, changes) => {
          const body = writeColumns(rows);
          for (const [at, byte] of changes) body[at % body.length] = byte;
          try {
            const columns = readColumns(body, 3);
            for (let row = 0; row < columns.rowCount; row++) columns.rowAt(row);
          } catch (error) {
            expect(error).toMatchObject({ name: 'SegmentCorruptError', block: 3 });
          }
        },
      ),
    );
  });

  test('may hold as many rows as the format allows, and not one more', () => {
    const row = { ...likeRow(1), payload: new Uint8Array(0), did: '', rkey: '', rev: '', collection: '' };
    const { frame } = encodeBlock(Array.from({ length: MAX_BLOCK_ROWS }, () => row));
    expect(decodeBlock(frame, 0).rowCount).toBe(MAX_BLOCK_ROWS);
    const body = writeColumns([row]);
    body.writeUInt32LE(MAX_BLOCK_ROWS + 1, 0);
    expect(() => readColumns(body, 0)).toThrow('it claims 262145 rows');
  });

  test('that claims more rows, texts or bytes than it has is corrupt', () => {
    const body = writeColumns([likeRow(1)]);
    body.writeUInt32LE(2, 0);
    expect(() => readColumns(body, 0)).toThrow(SegmentCorruptError);
    body.writeUInt32LE(1, 0);
    body.writeUInt32LE(0xffffffff, 34);
    expect(() => readColumns(body, 0)).toThrow('a text reaches beyond its end');
    expect(() => readColumns(Buffer.concat([writeColumns([]), Buffer.of(1)]), 0)).toThrow('1 bytes are left');
  });

  test('that would decompress to more than its index claims is not decompressed any further', () => {
    const bomb = compress(Buffer.alloc(64 * 1024 * 1024));
    expect(bomb.length).toBeLessThan(10_000);
    expect(() => decodeBlock(bomb, 0, { offset: 256, decodedBytes: 1_000, rowCount: 1 })).toThrow(SegmentCorruptError);
  });
});
