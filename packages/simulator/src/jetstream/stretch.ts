import type { ByteLog } from './byte-log.ts';
import { frameEnd, payloadStart } from './frame-scan.ts';

/** An event's place in a log. */
export interface Place {
  readonly seq: number;
  readonly offset: number;
}

/** Whole frames that follow one another in a log. */
export interface Stretch {
  readonly frames: Buffer;
  /** Sequence number of the first one. */
  readonly firstSeq: number;
  readonly count: number;
  readonly next: Place;
}

/** Frames from a place on: whole ones, at most about `maxBytes` and `maxFrames` of them, none only at the end. */
export function readFrames(bytes: ByteLog, from: Place, maxBytes: number, maxFrames: number): Stretch {
  if (from.offset >= bytes.end) return { frames: Buffer.alloc(0), firstSeq: from.seq, count: 0, next: from };
  let chunk = bytes.read(from.offset, maxBytes);
  // A frame that is longer than the chunk, or lies across two files.
  while (frameEnd(chunk, 0) > chunk.length)
    chunk = Buffer.concat([chunk, bytes.read(from.offset + chunk.length, Math.max(maxBytes, chunk.length))]);
  let stop = 0;
  let count = 0;
  for (let next = frameEnd(chunk, 0); next <= chunk.length && count < maxFrames; next = frameEnd(chunk, stop)) {
    stop = next;
    count += 1;
    if (stop === chunk.length) break;
  }
  const next = { seq: from.seq + count, offset: from.offset + stop };
  return { frames: chunk.subarray(0, stop), firstSeq: from.seq, count, next };
}

/** The texts of a stretch's frames. */
export function framesOf({ frames }: Stretch): string[] {
  const texts: string[] = [];
  for (let at = 0; at < frames.length; ) {
    const stop = frameEnd(frames, at);
    texts.push(frames.toString('utf8', payloadStart(frames, at), stop));
    at = stop;
  }
  return texts;
}

const SEARCH_BYTES = 64 * 1024;

/** The place of the first frame, from a place on, for which the test holds; the end when it holds for none. */
export function findFrame(bytes: ByteLog, from: Place, test: (payload: Buffer, seq: number) => boolean): Place {
  let at = from;
  while (at.offset < bytes.end) {
    const { frames, next } = readFrames(bytes, at, SEARCH_BYTES, Number.POSITIVE_INFINITY);
    for (let start = 0, seq = at.seq; start < frames.length; seq++) {
      const stop = frameEnd(frames, start);
      if (test(frames.subarray(payloadStart(frames, start), stop), seq)) return { seq, offset: at.offset + start };
      start = stop;
    }
    at = next;
  }
  return at;
}
