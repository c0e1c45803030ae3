import { type BlockRows, payloadText, ROW_KIND, type SegmentRow } from '@updraft/jetstream';
import type { SealedSegment } from './sealed-segment.ts';

/** The new blocks of the segments that change, by the segments' index. */
export type Rewrite = (segments: readonly SealedSegment[]) => Promise<Map<number, BlockRows[]>>;

const WRITES: ReadonlySet<number> = new Set([ROW_KIND.create, ROW_KIND.update, ROW_KIND.createAfterSync]);

/**
 * Takes out the writes that a later operation on the same key, a `#sync` or a deletion of the account has made void. Deletes and events
 * of accounts stay for ever. Source: the compaction of Jetstream v2.
 */
export async function compacted(segments: readonly SealedSegment[]): Promise<Map<number, BlockRows[]>> {
  const all = await readAll(segments);
  const tombstones = new Map<string, number>();
  for (const row of [...all.values()].flat().flatMap(({ rows }) => rows)) {
    if (row.collection !== '') tombstones.set(pathOf(row), row.seq);
    else if (emptiesAccount(row)) tombstones.set(row.did, row.seq);
  }
  const isVoid = (row: SegmentRow) =>
    WRITES.has(row.kind) && row.seq < Math.max(tombstones.get(pathOf(row)) ?? 0, tombstones.get(row.did) ?? 0);
  const changed = [...all].filter(([, blocks]) => blocks.some(({ rows }) => rows.some(isVoid)));
  return new Map(changed.map(([index, blocks]) => [index, blocks.map((block) => without(block, isVoid))]));
}

/** Gives each row a time that was imported. */
export async function withImportedTimes(segments: readonly SealedSegment[]): Promise<Map<number, BlockRows[]>> {
  const all = await readAll(segments);
  const withTimes = ({ rows, ...block }: BlockRows): BlockRows => ({
    ...block,
    rows: rows.map((row) => {
      const shown = row.indexedAt === 0 ? row.witnessedAt : row.indexedAt;
      return { ...row, indexedAt: shown - IMPORTED_EARLIER_MICROS - (row.seq % 1_000) };
    }),
  });
  return new Map([...all].map(([index, blocks]) => [index, blocks.map(withTimes)]));
}

const IMPORTED_EARLIER_MICROS = 3_600_000_000;

async function readAll(segments: readonly SealedSegment[]): Promise<Map<number, BlockRows[]>> {
  const all = new Map<number, BlockRows[]>();
  for (const { index, segment } of segments) {
    const blocks: BlockRows[] = [];
    for (const [i, bounds] of segment.blocks.entries()) {
      const { rowCount, rowAt } = await segment.rows(i);
      blocks.push({ rows: Array.from({ length: rowCount }, (_, row) => rowAt(row)), bounds });
    }
    all.set(index, blocks);
  }
  return all;
}

function pathOf({ did, collection, rkey }: SegmentRow): string {
  return `${did}/${collection}/${rkey}`;
}

function emptiesAccount({ kind, payload }: SegmentRow): boolean {
  if (kind !== ROW_KIND.account) return kind === ROW_KIND.sync;
  const content = payloadText(payload);
  return content.ok && /"active":false/.test(content.text) && /"status":"deleted"/.test(content.text);
}

function without(block: BlockRows, isVoid: (row: SegmentRow) => boolean): BlockRows {
  return { ...block, rows: block.rows.filter((row) => !isVoid(row)) };
}
