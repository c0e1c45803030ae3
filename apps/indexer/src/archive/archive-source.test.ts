import { type Archive, createDecoder, encodeBlock, ROW_KIND, type SegmentRow } from '@updraft/jetstream';
import { afterAll, expect, test } from 'vitest';
import type { EventSink } from '../source/source.ts';
import { type ArchivePosition, createArchiveSource } from './archive-source.ts';
import type { Damage } from './damage.ts';

const decoder = createDecoder(1);
afterAll(() => decoder.stop());

const NOW = 1_795_176_000_000_000;
const PLANS = 20;

function rowOf(seq: number): SegmentRow {
  const path = { collection: 'app.bsky.feed.like', rkey: '3n34jv35wsmeg', rev: '3n34jv35wsmeg' };
  const [kind, payload] = [ROW_KIND.delete, Buffer.alloc(0)];
  return { seq, witnessedAt: NOW + seq, indexedAt: 0, kind, did: 'did:plc:a', ...path, payload };
}

/** Blocks of ten rows, some of them corrupt. Whatever is asked for, its plan has all of them. */
function archiveOf(corrupt: readonly number[], claims = true): Archive & { plans: number } {
  const blocks = [0, 1, 2, 3].map((block) => {
    const seqs = Array.from({ length: 10 }, (_, i) => block * 10 + i + 1);
    const { frame, decodedBytes } = encodeBlock(seqs.map(rowOf));
    const bounds = { minSeq: block * 10 + 1, maxSeq: block * 10 + 10 };
    const times = { minWitnessedAt: NOW + bounds.minSeq, maxWitnessedAt: NOW + bounds.maxSeq };
    const bytes = corrupt.includes(block) ? Buffer.from('no zstd') : frame;
    return {
      block,
      entry: { ...bounds, ...times, rowCount: 10, offset: 0, compressedBytes: 0, decodedBytes },
      bytes,
    };
  });
  const whole = { name: 'a.jss', checksum: '', minSeq: 1, maxSeq: 40 };
  const listed = { ...whole, sizeBytes: 1, eventCount: 40, minWitnessedAt: NOW + 1, maxWitnessedAt: NOW + 40 };
  const archive: Archive & { plans: number } = {
    plans: 0,
    plan: async () => {
      archive.plans += 1;
      if (archive.plans > PLANS) throw new Error('it is planned without end');
      return { plannedThroughSeq: 40, sealedTipSeq: 40, segments: [{ ...whole, mode: 'blocks', blocks: [] }] };
    },
    segments: async function* () {
      yield listed;
    },
    open: async () => ({
      blocks: blocks.map(({ block, bytes, entry }) => ({
        block,
        claim: claims ? entry : undefined,
        frame: async () => Uint8Array.from(bytes),
      })),
      close: async () => {},
    }),
    blocksOf: async () => blocks.map(({ entry }) => entry),
  };
  return archive;
}

async function readAll(archive: Archive, seq = 0) {
  const position: ArchivePosition = { seq, tipSeq: undefined, rows: 0, bytes: 0, witnessedAt: 0 };
  const [seqs, damages]: [number[], Damage[]] = [[], []];
  const sink: EventSink = {
    event: ({ cursor = -1 }) => void seqs.push(cursor),
    rejected: () => {},
    isFull: () => false,
    waitForRoom: async () => {},
  };
  const onDamage = (damage: Damage): void => void damages.push(damage);
  await createArchiveSource({ archive, decoder, position, onDamage }).run(sink, new AbortController().signal);
  return { seqs, damages: damages.map(({ block, minSeq, maxSeq }) => ({ block, minSeq, maxSeq })), position };
}

test.each([true, false])(
  'corrupt blocks are told once each, and all others are read (index known: %s)',
  async (claims) => {
    const { seqs, damages, position } = await readAll(archiveOf([1, 2], claims));
    expect(seqs).toEqual([
      ...Array.from({ length: 10 }, (_, i) => i + 1),
      ...Array.from({ length: 10 }, (_, i) => i + 31),
    ]);
    expect(damages).toEqual([
      { block: 1, minSeq: 11, maxSeq: 20 },
      { block: 2, minSeq: 21, maxSeq: 30 },
    ]);
    expect(position.seq).toBe(40);
  },
);

test('a corrupt block before the stretch, which a generous plan has, does not hold the reading up', async () => {
  const { seqs, position } = await readAll(archiveOf([0], false), 10);
  expect(seqs).toHaveLength(30);
  expect(position.seq).toBe(40);
});

test('an archive of which nothing can be read comes to its end', async () => {
  const { seqs, damages, position } = await readAll(archiveOf([0, 1, 2, 3]));
  expect([seqs.length, damages.length, position.seq]).toEqual([0, 4, 40]);
});
