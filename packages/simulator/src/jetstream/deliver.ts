import type { Channel } from '../wire/channel.ts';
import { createPacer } from '../wire/pacer.ts';
import type { Conditions, Fault } from './conditions.ts';
import type { EventLog } from './event-log.ts';
import type { Place, Stretch } from './stretch.ts';

/** One reader, as the protocol that it speaks sees it. */
export interface Subscriber {
  readonly channel: Channel;
  /** The frames of a stretch that the reader wants and its protocol shows. */
  select(stretch: Stretch): Buffer;
  /** One text as a frame. */
  frameOf(text: string): Buffer;
  /** Ends the connection of a reader that is too slow. */
  cut(): Promise<void>;
}

export interface Delivery {
  readonly log: EventLog;
  readonly subscriber: Subscriber;
  readonly from: Place;
  /** Events a second; undefined = as fast as the reader reads. */
  readonly rate: number | undefined;
  readonly conditions: Pick<Conditions, 'weather' | 'takeFault'>;
  /** Told what was sent and how many events are left; says whether the reader is too slow. */
  isTooSlow(sent: number, left: number): boolean;
}

const CHUNK_BYTES = 256 * 1024;

/** Sends the log to one reader from a place on, then each event that is appended, until the connection ends. */
export async function deliver(delivery: Delivery): Promise<void> {
  const { log, subscriber, rate, conditions } = delivery;
  const { channel } = subscriber;
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
      const next = await happen(fault, log, place, subscriber);
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
    await channel.send(subscriber.select(stretch));
    place = stretch.next;
    if (delivery.isTooSlow(stretch.count, log.nextSeq - place.seq)) return subscriber.cut();
    sent += stretch.count;
    untilFault -= stretch.count;
    await pacer.take(stretch.count, channel.closed);
  }
}

/** Lets a fault happen. Returns the place to go on from, or undefined when the connection is over. */
async function happen(
  fault: Fault,
  log: EventLog,
  place: Place,
  { channel, select, frameOf }: Subscriber,
): Promise<Place | undefined> {
  switch (fault.kind) {
    case 'drop':
      channel.drop();
      return undefined;
    case 'reset': {
      const frames = select(log.read(place, 4_096, 1));
      await channel.send(frames.subarray(0, Math.ceil(frames.length / 2)));
      channel.reset();
      return undefined;
    }
    case 'silence':
      await new Promise<void>((resolve) => channel.closed.addEventListener('abort', () => resolve()));
      return undefined;
    case 'frame':
      await channel.send(frameOf(fault.text));
      return place;
    case 'repeat':
    default:
      return log.placeOfSeq(place.seq - fault.events);
  }
}
