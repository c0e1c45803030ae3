import { type Archive, type ListedSegment, SegmentCorruptError } from '@updraft/jetstream';
import { hashText, type IngestGapRow } from '@updraft/store';

/** What of an archive can't be read: a block, or the whole segment where it can't be told what is in it. */
export interface Damage {
  readonly segment: string;
  readonly block: number | undefined;
  readonly reason: string;
  /** Both inclusive. */
  readonly minSeq: number;
  readonly maxSeq: number;
  /** Microseconds since 1970. */
  readonly minWitnessedAt: number;
  readonly maxWitnessedAt: number;
}

/** The stretch of a corrupt block or segment, as the archive's list and the segment's index tell it. @throws the error itself when they don't. */
export async function damageOf(archive: Archive, error: SegmentCorruptError, signal: AbortSignal): Promise<Damage> {
  const { segment = '', block, reason } = error;
  const listed = await findSegment(archive, segment, signal);
  if (listed === undefined) throw error;
  const entry = block === undefined ? undefined : await entryOf(archive, listed, block, signal);
  const { minSeq, maxSeq, minWitnessedAt, maxWitnessedAt } = entry ?? listed;
  return {
    segment,
    block: entry && block,
    reason,
    minSeq,
    maxSeq,
    minWitnessedAt,
    maxWitnessedAt,
  };
}

async function findSegment(archive: Archive, name: string, signal: AbortSignal): Promise<ListedSegment | undefined> {
  for await (const listed of archive.segments(signal)) if (listed.name === name) return listed;
  return undefined;
}

/** Undefined where the index is corrupt, too. */
async function entryOf(archive: Archive, listed: ListedSegment, block: number, signal: AbortSignal) {
  try {
    return (await archive.blocksOf(listed, signal))[block];
  } catch (error) {
    if (error instanceof SegmentCorruptError) return undefined;
    throw error;
  }
}

/** `block 3 of the segment x.jss`. */
export function damagedPart({ segment, block }: Damage): string {
  return block === undefined ? `the segment ${segment}` : `block ${block} of the segment ${segment}`;
}

/** The same damage, found again, is the same row. */
export function damageRow(source: string, damage: Damage): IngestGapRow {
  const { segment, block, minSeq, maxSeq, reason } = damage;
  return {
    gapId: hashText(`archive\n${source}\n${segment}\n${block ?? ''}\n${minSeq}`),
    host: source,
    kind: 'possible',
    fromTime: damage.minWitnessedAt,
    toTime: damage.maxWitnessedAt,
    detail: `${damagedPart(damage)} is corrupt, with the sequence numbers ${minSeq} to ${maxSeq}: ${reason}`,
  };
}
