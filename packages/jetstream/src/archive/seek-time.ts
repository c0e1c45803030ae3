import type { Archive } from './archive.ts';

/**
 * The seq after which an archive has to be read for everything witnessed at or after a time; 0: from its beginning. Where nothing is that
 * young it is the archive's tip. What the server had before its own first start was witnessed when it was fetched, whatever its age.
 */
export async function seqBeforeTime(archive: Archive, micros: number, signal: AbortSignal): Promise<number> {
  let tip = 0;
  for await (const segment of archive.segments(signal)) {
    tip = Math.max(tip, segment.maxSeq);
    if (segment.maxWitnessedAt < micros) continue;
    const blocks = await archive.blocksOf(segment, signal);
    const first = blocks.find(({ maxWitnessedAt }) => maxWitnessedAt >= micros);
    return Math.max(0, (first?.minSeq ?? segment.minSeq) - 1);
  }
  return tip;
}
