import { timeUsOf } from '../wire/event-line.ts';
import { createFrameWriter } from '../wire/frames.ts';
import { createBell } from './bell.ts';
import { createByteLog } from './byte-log.ts';
import { createMarks } from './marks.ts';
import { findFrame, type Place, readFrames, type Stretch } from './stretch.ts';

/** A host's events in its order, as frames ready to be sent, and where each cursor points in them. */
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
  /** Resolves when there is more than this place, or `wakeAll` was called, or the signal has aborted. */
  waitBeyond(place: Place, signal: AbortSignal): Promise<void>;
  /** Ends all waiting, though there is nothing more. */
  wakeAll(): void;
  /** Forgets what is older than a time, roughly. */
  forgetBefore(timeUs: number): void;
}

export function createEventLog(firstSeq = 1, fileBytes?: number): EventLog {
  const bytes = createByteLog(fileBytes);
  const frameOf = createFrameWriter();
  const marks = createMarks();
  const bell = createBell();
  let nextSeq = firstSeq;
  const end = (): Place => ({ seq: nextSeq, offset: bytes.end });
  return {
    get firstSeq() {
      return marks.first()?.seq ?? nextSeq;
    },
    get nextSeq() {
      return nextSeq;
    },
    append(line, timeUs) {
      marks.note(end(), timeUs);
      bytes.append(frameOf(line));
      nextSeq += 1;
      bell.ring();
    },
    placeOfSeq(seq) {
      const mark = seq < nextSeq ? marks.atOrBefore(seq) : undefined;
      return mark === undefined ? end() : findFrame(bytes, mark, (_, at) => at >= seq);
    },
    placeOfTime(timeUs) {
      const mark = marks.beforeTime(timeUs);
      return mark === undefined ? end() : findFrame(bytes, mark, (payload) => isAtOrAfter(payload, timeUs));
    },
    read: (place, maxBytes, maxFrames) => readFrames(bytes, place, maxBytes, maxFrames),
    waitBeyond: async (place, signal) => {
      if (place.offset >= bytes.end) await bell.wait(signal);
    },
    wakeAll: bell.ring,
    forgetBefore(timeUs) {
      bytes.dropBefore(marks.beforeTime(timeUs)?.offset ?? 0);
      marks.dropBefore(bytes.start);
    },
    [Symbol.dispose]: () => bytes[Symbol.dispose](),
  };
}

function isAtOrAfter(payload: Buffer, timeUs: number): boolean {
  return timeUsOf(payload.subarray(0, 512).toString()) >= timeUs;
}
