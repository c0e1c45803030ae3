import type { Reader } from '../wire/endpoint.ts';
import { createFrameBuffer } from '../wire/frames.ts';
import { createPacer } from '../wire/pacer.ts';
import type { Conditions, Fault } from './conditions.ts';
import type { EventLog } from './event-log.ts';
import { type Filter, underWeather } from './filter.ts';
import { filteredEventOf } from './filtered-event.ts';
import { frameEnd, payloadStart } from './frame-scan.ts';
import type { Place, Stretch } from './stretch.ts';

export interface Delivery {
  readonly log: EventLog;
  readonly reader: Reader;
  readonly from: Place;
  /** Events a second; undefined = as fast as the reader reads. */
  readonly rate: number | undefined;
  readonly conditions: Pick<Conditions, 'weather' | 'takeFault'>;
  onSent(events: number): void;
}

const CHUNK_BYTES = 256 * 1024;

/** Sends the log to one reader from a place on, then each event that is appended, until the connection ends. */
export async function deliver(delivery: Delivery): Promise<void> {
  const { log, reader, rate, conditions } = delivery;
  const { channel } = reader;
  const pacer = createPacer(rate);
  let place = delivery.from;
  let fault: Fault | undefined;
  let untilFault = Number.POSITIVE_INFINITY;
  let sent = 0;
  while (!channel.closed.aborted) {
    const { closesAfter } = conditions.weather();
    const untilClose = (closesAfter?.events ?? Number.POSITIVE_INFINITY) - sent;
    if (closesAfter !== undefined && untilClose <= 0) return channel.close(closesAfter.code, 'the weather is bad');
    if (fault === undefined) {
      fault = conditions.takeFault();
      untilFault = fault?.afterEvents ?? Number.POSITIVE_INFINITY;
    }
    if (fault !== undefined && untilFault === 0) {
      const next = await happen(fault, log, place, reader);
      if (next === undefined) return;
      place = next;
      fault = undefined;
      continue;
    }
    const stretch = log.read(place, CHUNK_BYTES, Math.min(untilFault, untilClose, pacer.burst));
    if (stretch.count === 0) {
      await log.waitBeyond(place, channel.closed);
      continue;
    }
    await channel.send(selectFrames(stretch, underWeather(reader.filter(), conditions.weather())));
    delivery.onSent(stretch.count);
    sent += stretch.count;
    place = stretch.next;
    untilFault -= stretch.count;
    await pacer.take(stretch.count, channel.closed);
  }
}

/** Lets a fault happen. Returns the place to go on from, or undefined when the connection is over. */
async function happen(fault: Fault, log: EventLog, place: Place, { channel }: Reader): Promise<Place | undefined> {
  switch (fault.kind) {
    case 'drop':
      channel.drop();
      return undefined;
    case 'reset': {
      const { frames } = log.read(place, 4_096, 1);
      await channel.send(frames.subarray(0, Math.ceil(frames.length / 2)));
      channel.reset();
      return undefined;
    }
    case 'silence':
      await new Promise<void>((resolve) => channel.closed.addEventListener('abort', () => resolve()));
      return undefined;
    case 'repeat':
    default:
      return log.placeOfSeq(place.seq - fault.events);
  }
}

function selectFrames({ frames }: Stretch, filter: Filter): Buffer {
  if (filter.passesAll) return frames;
  const selected = createFrameBuffer(frames.length + 16);
  for (let at = 0; at < frames.length; ) {
    const stop = frameEnd(frames, at);
    const payload = frames.subarray(payloadStart(frames, at), stop);
    if (filter.passes(filteredEventOf(payload.toString()))) selected.appendBytes(payload);
    at = stop;
  }
  return selected.take();
}
