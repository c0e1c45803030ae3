import { timeUsOf } from '../wire/event-line.ts';
import { createFrameWriter } from '../wire/frames.ts';
import { createBell } from './bell.ts';
import { type ByteLog, createByteLog } from './byte-log.ts';
import { createMarks, type Marks } from './marks.ts';
import { findFrame, framesOf, type Place, readFrames, type Stretch } from './stretch.ts';
import { createVisibility, type Only, type Visibility } from './visibility.ts';

/** One event as a host keeps it. */
export interface LoggedEvent {
  /** Its text as v1 has it. */
  readonly line: string;
  /** The time that time cursors find it by. */
  readonly timeUs: number;
  /** The only protocol that shows it; absent = both do. */
  readonly only?: NonNullable<Only>;
}

/** A host's events in its order, as frames ready to be sent, and where each cursor points in them. */
export interface EventLog extends Disposable {
  /** Sequence number of the oldest event that is kept. */
  readonly firstSeq: number;
  /** Sequence number that the next event gets. */
  readonly nextSeq: number;
  append(event: LoggedEvent): void;
  readonly visibility: Pick<Visibility, 'onlyOf' | 'hidesNothing'>;
  /** The place of the next event. */
  end(): Place;
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
  /** Takes the events from a sequence number on out of the log, and returns them. */
  takeBack(seq: number): LoggedEvent[];
}

export function createEventLog(firstSeq = 1, fileBytes?: number): EventLog {
  const bytes = createByteLog(fileBytes);
  const frameOf = createFrameWriter();
  const marks = createMarks();
  const bell = createBell();
  const visibility = createVisibility();
  let nextSeq = firstSeq;
  const places = createPlaces(bytes, marks, () => nextSeq);
  return {
    ...places,
    get firstSeq() {
      return marks.first()?.seq ?? nextSeq;
    },
    get nextSeq() {
      return nextSeq;
    },
    append({ line, timeUs, only }) {
      marks.note(places.end(), timeUs);
      bytes.append(frameOf(line));
      visibility.note(nextSeq, only);
      nextSeq += 1;
      bell.ring();
    },
    visibility,
    read: readFrames.bind(undefined, bytes),
    waitBeyond: ({ offset }, signal) => (offset < bytes.end ? Promise.resolve() : bell.wait(signal)),
    wakeAll: bell.ring,
    forgetBefore: (timeUs) => dropBefore(timeUs, bytes, marks, visibility),
    takeBack(seq) {
      const from = places.placeOfSeq(seq);
      const events = cutFrom(from, bytes, marks, visibility);
      nextSeq = from.seq;
      return events;
    },
    [Symbol.dispose]: () => bytes[Symbol.dispose](),
  };
}

function createPlaces(bytes: ByteLog, marks: Marks, nextSeq: () => number) {
  const end = (): Place => ({ seq: nextSeq(), offset: bytes.end });
  return {
    end,
    placeOfSeq(seq: number): Place {
      const mark = seq < nextSeq() ? marks.atOrBefore(seq) : undefined;
      return mark === undefined ? end() : findFrame(bytes, mark, (_, at) => at >= seq);
    },
    placeOfTime(timeUs: number): Place {
      const mark = marks.beforeTime(timeUs);
      return mark === undefined ? end() : findFrame(bytes, mark, (payload) => isAtOrAfter(payload, timeUs));
    },
  };
}

function isAtOrAfter(payload: Buffer, timeUs: number): boolean {
  return timeUsOf(payload.subarray(0, 512).toString()) >= timeUs;
}

function dropBefore(timeUs: number, bytes: ByteLog, marks: Marks, visibility: Visibility): void {
  bytes.dropBefore(marks.beforeTime(timeUs)?.offset ?? 0);
  marks.dropBefore(bytes.start);
  visibility.dropBefore(marks.first()?.seq ?? 0);
}

function cutFrom(from: Place, bytes: ByteLog, marks: Marks, visibility: Visibility): LoggedEvent[] {
  const events = eventsFrom(bytes, from, visibility);
  bytes.truncate(from.offset);
  marks.truncate(from.seq);
  visibility.truncate(from.seq);
  return events;
}

function eventsFrom(bytes: ByteLog, from: Place, { onlyOf }: Visibility): LoggedEvent[] {
  const events: LoggedEvent[] = [];
  for (let at = from; at.offset < bytes.end; ) {
    const stretch = readFrames(bytes, at, 1 << 20, Number.POSITIVE_INFINITY);
    for (const [i, line] of framesOf(stretch).entries()) {
      const only = onlyOf(at.seq + i);
      events.push({ line, timeUs: timeUsOf(line), ...(only && { only }) });
    }
    at = stretch.next;
  }
  return events;
}
