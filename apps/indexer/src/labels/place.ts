import { hash } from 'node:crypto';
import type { LabelsFrame } from '@updraft/labels';
import { MAX_NUMBERING } from '@updraft/store';

/** How far a labeler's stream is stored. */
export interface Place {
  /** How often the labeler has begun to count anew. */
  readonly numbering: number;
  /** The highest seq that is stored; 0: none. */
  readonly seq: number;
  /** digestOf() the frame at `seq`. */
  readonly digest: string;
  /** Labels of earlier numberings are still in force: they go when the labeler has said all that it has. */
  readonly hasEarlier: boolean;
}

/** A labeler of which nothing is stored. */
export const NOWHERE: Place = { numbering: 0, seq: 0, digest: '', hasEarlier: false };

/** The saved place; NOWHERE for anything else. */
export function readPlace(saved: unknown): Place {
  if (typeof saved !== 'object' || saved === null) return NOWHERE;
  const { numbering, seq, digest, hasEarlier }: Partial<Record<keyof Place, unknown>> = saved;
  if (!isWhole(numbering) || !isWhole(seq) || typeof digest !== 'string') return NOWHERE;
  return { numbering, seq, digest, hasEarlier: hasEarlier === true };
}

function isWhole(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

/** The cursor to ask with: the frame at `seq` comes again, to be compared. */
export function cursorOf({ seq }: Place): number {
  return Math.max(0, seq - 1);
}

/**
 * What a frame is to the place. Once a connection has reached the place (`isReached`), a frame at it or before it is only late, or shares
 * its number; until then it says that the labeler counts anew. A labeler that sends the frame at the cursor too sends one before the place.
 */
export function compareFrame(place: Place, frame: LabelsFrame, isReached: boolean): 'new' | 'stored' | 'renumbered' {
  if (frame.seq === place.seq && digestOf(frame) === place.digest) return 'stored';
  if (isReached || frame.seq > place.seq || frame.seq === cursorOf(place)) return 'new';
  return 'renumbered';
}

/** The place when these frames are stored too. */
export function placeAfter(place: Place, frames: readonly LabelsFrame[]): Place {
  const last = frames.reduce<LabelsFrame | undefined>((a, b) => (a === undefined || b.seq > a.seq ? b : a), undefined);
  return last === undefined || last.seq <= place.seq ? place : { ...place, seq: last.seq, digest: digestOf(last) };
}

/** The place at the beginning of the labeler's next numbering. */
export function renumbered({ numbering }: Place): Place {
  return { ...NOWHERE, numbering: Math.min(numbering + 1, MAX_NUMBERING), hasEarlier: true };
}

/** What the labels of a frame say, without their signatures: a labeler signs anew when its key changes. */
function digestOf({ labels }: LabelsFrame): string {
  const said = labels.map((label) =>
    typeof label === 'object' && label !== null ? { ...label, sig: undefined } : label,
  );
  return hash('sha256', textOf(said), 'hex').slice(0, 32);
}

function textOf(labels: readonly unknown[]): string {
  try {
    return JSON.stringify(labels);
  } catch (error) {
    if (error instanceof RangeError) return `${labels.length} labels`; // nested too deep
    throw error;
  }
}
