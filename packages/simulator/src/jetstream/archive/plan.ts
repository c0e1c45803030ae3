import { ROW_KIND } from '@updraft/jetstream';
import type { SealedSegment } from './sealed-segment.ts';

/** What a reader wants of the archive; an empty list wants all. */
export interface PlanRequest {
  readonly kinds: readonly string[];
  readonly dids: readonly string[];
  readonly collections: readonly string[];
  /** Exclusive. */
  readonly afterSeq: number;
  /** Inclusive. */
  readonly beforeSeq: number;
}

export interface PlannedSegment {
  readonly name: string;
  readonly index: number;
  readonly checksum: string;
  readonly minSeq: number;
  readonly maxSeq: number;
  readonly mode: 'segment' | 'blocks';
  readonly blocks?: readonly BlockRange[];
}

/** Both ends are inclusive. */
interface BlockRange {
  readonly first: number;
  readonly last: number;
}

/** The whole segment is planned when this share of its blocks is wanted. */
const SEGMENT_SHARE = 0.75;

/** A page of the plan: the segments that may hold wanted rows, up to `maxEntries` entries, and the seq that the page reaches. */
export function planPage(
  segments: readonly SealedSegment[],
  request: PlanRequest,
  maxEntries: number,
): { readonly planned: PlannedSegment[]; readonly throughSeq: number } {
  const planned: PlannedSegment[] = [];
  let entries = 0;
  let throughSeq = Math.min(request.beforeSeq, segments.at(-1)?.segment.header.maxSeq ?? 0);
  for (const sealed of segments) {
    const { minSeq, maxSeq } = sealed.segment.header;
    if (maxSeq <= request.afterSeq || minSeq > request.beforeSeq) continue;
    if (entries >= maxEntries) {
      throughSeq = Math.max(planned.at(-1)?.maxSeq ?? 0, minSeq - 1);
      break;
    }
    const entry = planSegment(sealed, request);
    if (entry === undefined) continue;
    planned.push(entry);
    entries += entry.blocks?.length ?? 1;
  }
  return { planned, throughSeq };
}

function planSegment(sealed: SealedSegment, request: PlanRequest): PlannedSegment | undefined {
  const { name, index, segment } = sealed;
  const { minSeq, maxSeq, checksum } = segment.header;
  const wanted = segment.blocks.flatMap((_, block) => (isWanted(sealed, block, request) ? [block] : []));
  if (wanted.length === 0) return undefined;
  const head = { name, index, checksum, minSeq, maxSeq };
  if (wanted.length >= segment.blocks.length * SEGMENT_SHARE) return { ...head, mode: 'segment' };
  return { ...head, mode: 'blocks', blocks: rangesOf(wanted) };
}

function isWanted({ segment, accounts, kinds }: SealedSegment, block: number, request: PlanRequest): boolean {
  const { dids, afterSeq, beforeSeq } = request;
  const { minSeq, maxSeq } = segment.blocks[block] ?? { minSeq: 0, maxSeq: 0 };
  if (maxSeq <= afterSeq || minSeq > beforeSeq) return false;
  if (dids.length > 0 && !dids.some((did) => accounts[block]?.mayHold(did))) return false;
  const wants = (kind: string) => request.kinds.length === 0 || request.kinds.includes(kind);
  // A filter by collections lets events of accounts pass.
  const holdsOther = ACCOUNT_KINDS.some((kind) => wants(kind) && kinds[block]?.has(ROW_KIND[kind]));
  return holdsOther || (wants('commit') && holdsCollection(segment.collectionIndex, block, request.collections));
}

const ACCOUNT_KINDS = ['identity', 'account', 'sync'] as const;

function holdsCollection(
  { collections, masks }: SealedSegment['segment']['collectionIndex'],
  block: number,
  wanted: readonly string[],
): boolean {
  const isWantedName = (name: string) =>
    wanted.length === 0 ||
    wanted.some((each) => (each.endsWith('.*') ? name.startsWith(each.slice(0, -1)) : name === each));
  const mask = masks[block] ?? [];
  return collections.some(({ name }, i) => (((mask[i >> 3] ?? 0) >> (i & 7)) & 1) === 1 && isWantedName(name));
}

function rangesOf(blocks: readonly number[]): BlockRange[] {
  const ranges: { first: number; last: number }[] = [];
  for (const block of blocks) {
    const current = ranges.at(-1);
    if (current !== undefined && current.last === block - 1) current.last = block;
    else ranges.push({ first: block, last: block });
  }
  return ranges;
}
