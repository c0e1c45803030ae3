import { hash } from 'node:crypto';

/** Bytes of a post in a seen log. Of n posts in a log, another one is taken for seen with the probability n / 2^40. */
export const ENTRY_BYTES = 5;

/**
 * What a viewer's log holds of a post's uri, or of the cursor of a page: 40 bits. They differ from viewer to viewer, so nobody can make a
 * post that hides another one from all.
 */
export function seenEntry(viewerDid: string, text: string): number {
  return Number.parseInt(hash('sha256', `${viewerDid} ${text}`, 'hex').slice(0, 2 * ENTRY_BYTES), 16);
}

/** Entries as a log has them, each once. */
export function packEntries(entries: Iterable<number>): Buffer {
  const distinct = new Set(entries);
  const log = Buffer.allocUnsafe(distinct.size * ENTRY_BYTES);
  let at = 0;
  for (const entry of distinct) at = log.writeUIntBE(entry, at, ENTRY_BYTES);
  return log;
}

export function entryCount(log: Buffer): number {
  return Math.floor(log.length / ENTRY_BYTES);
}

export function entryAt(log: Buffer, index: number): number {
  return log.readUIntBE(index * ENTRY_BYTES, ENTRY_BYTES);
}

/** The logs as they were before this entry came into them, the oldest log first; all of them when it is in none. */
export function logsBefore(logs: readonly Buffer[], entry: number): readonly Buffer[] {
  const wanted = packEntries([entry]);
  for (const [index, log] of logs.entries()) {
    const at = positionOf(log, wanted);
    if (at !== undefined) return [...logs.slice(0, index), log.subarray(0, at)];
  }
  return logs;
}

function positionOf(log: Buffer, entry: Buffer): number | undefined {
  let at = log.indexOf(entry);
  while (at >= 0 && at % ENTRY_BYTES !== 0) at = log.indexOf(entry, at + 1);
  return at < 0 ? undefined : at;
}
