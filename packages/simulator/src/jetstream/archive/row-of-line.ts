import { encode } from '@atcute/cbor';
import { ROW_KIND, type SegmentRow } from '@updraft/jetstream';
import { readFrame } from '../../truth/frame.ts';
import { eventLine, type WorldEvent } from '../../world/event.ts';

/** What of a line a row is made of. */
interface Parsed {
  readonly did: string;
  readonly time_us: number;
  readonly kind: 'commit' | 'identity' | 'account' | 'sync';
  readonly commit: {
    readonly rev: string;
    readonly operation: 'create' | 'update' | 'delete';
    readonly collection: string;
    readonly rkey: string;
    readonly record?: unknown;
  };
  readonly sync: { readonly rev: string };
}

/** The row of a line that a healthy server sends. `isReplacement`: a create after a `#sync`. @throws where DAG-CBOR can't hold it */
export function rowOf(line: string, seq: number, isReplacement: boolean): SegmentRow {
  const event = JSON.parse(line) as Parsed;
  const { did, kind, commit } = event;
  const head = { seq, witnessedAt: event.time_us, indexedAt: 0, did };
  if (kind !== 'commit') {
    const rev = kind === 'sync' ? event.sync.rev : '';
    return { ...head, kind: ROW_KIND[kind], collection: '', rkey: '', rev, payload: payloadOf(event[kind as 'sync']) };
  }
  const { operation, collection, rkey, rev } = commit;
  const payload = operation === 'delete' ? NO_PAYLOAD : payloadOf(commit.record);
  return {
    ...head,
    kind: isReplacement ? ROW_KIND.createAfterSync : ROW_KIND[operation],
    collection,
    rkey,
    rev,
    payload,
  };
}

const NO_PAYLOAD = Buffer.alloc(0);

/** A copy: Node keeps small buffers together, the encoder gives each memory of its own. */
function payloadOf(value: unknown): Buffer {
  return Buffer.from(encode(value));
}

const MAX_NAME_LENGTH = 255;
const MAX_DEPTH = 128;

/** The row of a hostile line; undefined where a server leaves the event out, since it can't be right or can't be stored. */
export function rowOfStrange(line: string, seq: number): SegmentRow | undefined {
  const frame = readFrame(line);
  if (frame.is === 'rejected') return undefined;
  if (frame.is === 'commit') {
    if (frame.rkey.length > MAX_NAME_LENGTH || frame.collection.length > MAX_NAME_LENGTH) return undefined;
    if (depthOf(frame.record) > MAX_DEPTH || hasLoneSurrogate(frame.record)) return undefined;
  }
  try {
    return rowOf(line, seq, false);
  } catch {
    // Infinite numbers, integers beyond 2^53, and links that are not CIDs.
    return undefined;
  }
}

function depthOf(value: unknown): number {
  let depth = 0;
  for (let level: unknown[] = [value]; level.length > 0 && depth <= MAX_DEPTH; depth++)
    level = level.flatMap((item): unknown[] => (typeof item === 'object' && item !== null ? Object.values(item) : []));
  return depth;
}

/** JSON.stringify escapes lone surrogates and nothing else in this way. */
function hasLoneSurrogate(value: unknown): boolean {
  return /\\ud[89a-f]/.test(JSON.stringify(value) ?? '');
}

/** Whether v2 shows an event: a server leaves out what can't be right or can't be stored. */
export function isShownByV2(event: WorldEvent): boolean {
  return !event.isStrange || rowOfStrange(eventLine(event), 0) !== undefined;
}
