import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type BlockRows, payloadCid, type SegmentRow } from '@updraft/jetstream';
import type { LoggedEvent } from '../event-log.ts';
import type { ShownEvent } from '../host-view.ts';
import { compacted, type Rewrite, withImportedTimes } from './rewrites.ts';
import { rowOf, rowOfStrange } from './row-of-line.ts';
import { type SealedSegment, sealSegment } from './sealed-segment.ts';

export interface ArchiveOptions {
  /** Without it the archive stays empty, as on a server that has sealed nothing yet, and an event takes half the time. */
  readonly seals: boolean;
  readonly rowsPerBlock: number;
  readonly blocksPerSegment: number;
}

/** The past of one host: what it has sealed into segments, and what it will. */
export interface Archive extends AsyncDisposable {
  readonly segments: readonly SealedSegment[];
  /** The last sequence number that is in a segment, 0 without segments. */
  tipSeq(): number;
  /** Takes an event and returns it as the host logs it: with its record's true CID, and for v1 alone when no segment can hold it. */
  take(event: ShownEvent, seq: number): LoggedEvent;
  /** The first sequence number that a crash may still lose: earlier ones are sealed, or are being sealed. */
  firstOpenSeq(nextSeq: number): number;
  /** Forgets what was taken from a sequence number on. */
  takeBack(seq: number): void;
  /** Resolves when everything that fills a segment is sealed. */
  settled(): Promise<void>;
  /** Seals what there is, though it fills no segment. */
  seal(): Promise<void>;
  /** Takes out what deletions, updates and `#sync`s have made void. Names and bounds of segments and blocks stay, checksums change. */
  compact(): Promise<void>;
  /** Rewrites one segment with imported times, as an operator may: only its bytes and its checksum change. */
  importTimes(index: number): Promise<void>;
  /** Writes the sealed segments into a folder, under their names. */
  writeTo(folder: string): Promise<void>;
}

export function createArchive({ seals, rowsPerBlock, blocksPerSegment }: ArchiveOptions): Archive {
  const { segments, inTurn, rewrite, ...sealed } = createSegments();
  let open: SegmentRow[] = [];
  let count = 0;
  const sealOpen = () => {
    const blocks = inBlocks(open, rowsPerBlock);
    const index = count++;
    open = [];
    return inTurn(async () => void segments.push(await sealSegment(index, blocks)));
  };
  return {
    ...sealed,
    segments,
    tipSeq: () => segments.at(-1)?.segment.header.maxSeq ?? 0,
    take(event, seq) {
      const { line, isStrange, isBootstrap, only } = event;
      if (!seals && !isStrange) return event;
      const row = isStrange ? rowOfStrange(line, seq) : rowOf(line, seq, only === 'v2' && !isBootstrap);
      if (row === undefined) return { ...event, only: 'v1' };
      if (!seals) return event;
      open.push(row);
      if (open.length === rowsPerBlock * blocksPerSegment) void sealOpen();
      return { ...event, line: withTrueCid(line, row) };
    },
    firstOpenSeq: (nextSeq) => (seals ? (open[0]?.seq ?? nextSeq) : 0),
    takeBack(seq) {
      open = open.filter((row) => row.seq < seq);
    },
    seal: () => (open.length === 0 ? sealed.settled() : sealOpen()),
    compact: () => rewrite(compacted, () => true),
    importTimes: (wanted) => rewrite(withImportedTimes, ({ index }) => index === wanted),
  };
}

/** The sealed segments; what changes them happens one after the other. */
function createSegments() {
  const segments: SealedSegment[] = [];
  /** Files that were rewritten: downloads under way go on with them. */
  const retired: SealedSegment[] = [];
  let work = Promise.resolve();
  const inTurn = (task: () => Promise<void>) => {
    work = work.then(task);
    return work;
  };
  return {
    segments,
    inTurn,
    settled: () => work,
    rewrite: (change: Rewrite, concerns: (segment: SealedSegment) => boolean) =>
      inTurn(async () => {
        const changed = await change(segments.filter(concerns));
        for (const [index, blocks] of changed)
          retired.push(...segments.splice(index, 1, await sealSegment(index, blocks)));
      }),
    async writeTo(folder: string) {
      await work;
      for (const { name, size, read } of segments) await writeFile(join(folder, name), read(0, size));
    },
    async [Symbol.asyncDispose]() {
      await work;
      for (const segment of [...segments.splice(0), ...retired]) segment[Symbol.dispose]();
    },
  };
}

const CID = /"cid":"[^"]+"\}\}$/;

/** World's CIDs are hashes of nothing; a reader of the archive computes the true ones. */
function withTrueCid(line: string, { payload }: SegmentRow): string {
  return line.replace(CID, () => `"cid":"${payloadCid(payload)}"}}`);
}

function inBlocks(rows: readonly SegmentRow[], size: number): BlockRows[] {
  return Array.from({ length: Math.ceil(rows.length / size) }, (_, i) => ({
    rows: rows.slice(i * size, (i + 1) * size),
  }));
}
