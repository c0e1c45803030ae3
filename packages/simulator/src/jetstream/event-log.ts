import { timeUsOf } from '../wire/event-line.ts';
import { createFrameBuffer } from '../wire/frames.ts';
import { createByteLog } from './byte-log.ts';
import { frameEnd, payloadStart } from './frame-scan.ts';

/** A host's events in its order, as frames ready to be sent, with what is needed to find a cursor. */
export interface EventLog extends Disposable {
  /** Sequence number of the oldest event that is kept. */
  readonly firstSeq: number;
  /** Sequence number that the next event gets. */
  readonly nextSeq: number;
  /** One event's text; `timeUs` is what time cursors find it by. */
  append(line: string, timeUs: number): void;
  /** The place of a sequence number: the oldest kept place for older ones, the end for newer ones. */
  placeOfSeq(seq: number): Place;
  /** The place of the first event that is not older than `timeUs`; the end when there is none. */
  placeOfTime(timeUs: number): Place;
  /** Frames from a place on: whole ones, at most about `maxBytes` and `maxFrames` of them, none only at the end. */
  read(place: Place, maxBytes: number, maxFrames: number): Stretch;
  /** Resolves when there is more than this place, or somebody should look up from waiting, or the signal has aborted. */
  waitBeyond(place: Place, signal: AbortSignal): Promise<void>;
  /** Ends all waiting, though there is nothing more. */
  wakeAll(): void;
  /** Forgets what is older than a time, roughly. */
  forgetBefore(timeUs: number): void;
}

export interface Place {
  readonly seq: number;
  readonly offset: number;
}

export interface Stretch {
  readonly frames: Buffer;
  readonly count: number;
  readonly next: Place;
}

/** Every so many events their place is written down; between two marks frames are counted. */
const MARK_EVERY = 1_024;

interface Mark extends Place {
  /** The latest time_us of all events before. */
  readonly latestBefore: number;
}

export function createEventLog(firstSeq = 1, fileBytes?: number): EventLog {
  const bytes = createByteLog(fileBytes);
  const pending = createFrameBuffer();
  const marks: Mark[] = [];
  let nextSeq = firstSeq;
  let latest = Number.NEGATIVE_INFINITY;
  let waiting: (() => void)[] = [];

  const place = (mark: Mark | undefined): Place => mark ?? { seq: nextSeq, offset: bytes.end };
  const end = () => place(undefined);
  const append = (line: string, timeUs: number) => {
    if ((nextSeq - firstSeq) % MARK_EVERY === 0) marks.push({ seq: nextSeq, offset: bytes.end, latestBefore: latest });
    pending.appendText(line);
    bytes.append(pending.view());
    pending.clear();
    nextSeq += 1;
    if (timeUs > latest) latest = timeUs;
    if (waiting.length > 0) wakeAll();
  };
  const wakeAll = () => {
    const woken = waiting;
    waiting = [];
    for (const wake of woken) wake();
  };
  /** Goes on from a mark while `isBefore` says so. */
  const walk = (from: Place, isBefore: (payload: Buffer, seq: number) => boolean): Place => {
    let at = from;
    while (at.offset < bytes.end) {
      const { frames, next } = readFrames(at, 64 * 1024, Number.POSITIVE_INFINITY);
      for (let start = 0, seq = at.seq; start < frames.length; seq++) {
        const stop = frameEnd(frames, start);
        if (!isBefore(frames.subarray(payloadStart(frames, start), stop), seq))
          return { seq, offset: at.offset + start };
        start = stop;
      }
      at = next;
    }
    return at;
  };
  const readFrames = (from: Place, maxBytes: number, maxFrames: number): Stretch => {
    if (from.offset >= bytes.end) return { frames: Buffer.alloc(0), count: 0, next: from };
    let chunk = bytes.read(from.offset, maxBytes);
    // A frame that is longer than the chunk, or stands across two files.
    while (frameEnd(chunk, 0) > chunk.length)
      chunk = Buffer.concat([chunk, bytes.read(from.offset + chunk.length, Math.max(maxBytes, chunk.length))]);
    let stop = 0;
    let count = 0;
    for (let next = frameEnd(chunk, 0); next <= chunk.length && count < maxFrames; next = frameEnd(chunk, stop)) {
      stop = next;
      count += 1;
      if (stop === chunk.length) break;
    }
    return { frames: chunk.subarray(0, stop), count, next: { seq: from.seq + count, offset: from.offset + stop } };
  };
  return {
    get firstSeq() {
      return marks[0]?.seq ?? nextSeq;
    },
    get nextSeq() {
      return nextSeq;
    },
    append,
    placeOfSeq: (seq) => {
      if (seq >= nextSeq) return end();
      const mark = lastWhere(marks, (candidate) => candidate.seq <= seq);
      return mark === undefined ? place(marks[0]) : walk(mark, (_, at) => at < seq);
    },
    placeOfTime: (timeUs) => {
      if (timeUs > latest) return end();
      const mark = lastWhere(marks, (candidate) => candidate.latestBefore < timeUs) ?? marks[0];
      return mark === undefined
        ? end()
        : walk(mark, (payload) => !(timeUsOf(payload.subarray(0, 512).toString()) >= timeUs));
    },
    read: readFrames,
    waitBeyond: (from, signal) =>
      new Promise((resolve) => {
        if (from.offset < bytes.end || signal.aborted) return resolve();
        const wake = () => {
          signal.removeEventListener('abort', wake);
          resolve();
        };
        signal.addEventListener('abort', wake);
        waiting.push(wake);
      }),
    wakeAll,
    forgetBefore(timeUs) {
      const keepFrom = lastWhere(marks, (candidate) => candidate.latestBefore < timeUs);
      if (keepFrom === undefined) return;
      bytes.dropBefore(keepFrom.offset);
      while (marks[0] !== undefined && marks[0].offset < bytes.start) marks.shift();
    },
    [Symbol.dispose]: () => bytes[Symbol.dispose](),
  };
}

/** The last item of a list for which the test holds, where it holds for a beginning of the list only. */
function lastWhere<T>(list: readonly T[], test: (item: T) => boolean): T | undefined {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (test(list[middle] as T)) low = middle + 1;
    else high = middle;
  }
  return list[low - 1];
}
