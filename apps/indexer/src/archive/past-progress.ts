import { FIRST_TIME_CURSOR } from '@updraft/jetstream';
import type { Progress } from '@updraft/store';
import type { ArchivePosition } from './archive-source.ts';

const MARK = 'archive:';

/** Whether a new store's archive was being read. */
export function isOfArchive({ host }: Progress): boolean {
  return host.startsWith(MARK);
}

/** The host of that archive. */
export function sourceOf({ host }: Progress): string {
  return host.slice(MARK.length);
}

/** What is saved while the archive is read. The times let the stream go on from there where the archive is gone. */
export function archiveProgress(source: string, { seq, witnessedAt }: ArchivePosition): Progress {
  return {
    lastSeq: Math.max(FIRST_TIME_CURSOR, witnessedAt),
    cursor: seq,
    host: `${MARK}${source}`,
    oldestKeptMicros: witnessedAt,
    recent: [],
    savedAt: new Date().toISOString(),
  };
}
