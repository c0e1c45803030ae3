import { withCursor } from '../wire/event-line.ts';
import type { Archive } from './archive/archive.ts';
import type { Conditions } from './conditions.ts';
import { deliver, type Subscriber } from './deliver.ts';
import type { EventLog, LoggedEvent } from './event-log.ts';
import { createHostView, type HostOptions, type HostView, type ShownEvent } from './host-view.ts';
import { type SlowReaderLimits, watchPace } from './slow-readers.ts';
import type { Place } from './stretch.ts';

export interface HostParts {
  readonly options: HostOptions;
  readonly log: EventLog;
  /** Absent on a host that speaks v1 alone. */
  readonly archive: Archive | undefined;
  readonly conditions: Conditions;
  readonly slowReaders: SlowReaderLimits;
  /** Events a second and reader; undefined = as fast as it reads. */
  readonly readerRate: number | undefined;
}

/** What a host does whatever protocol is spoken: it takes the world's events, and sends them to its readers. */
export interface Host extends HostView {
  serve(subscriber: Subscriber, from: Place): Promise<void>;
  /** Connections now, connections ever, events sent to all of them. */
  status(): { readonly readers: number; readonly connects: number; readonly sent: number };
  /**
   * The server is killed before its last `events` events are on the disk: readers are cut, and those events come again in another order,
   * under sequence numbers that were used already, at the next event. What is sealed is never lost.
   */
  crash(events: number): void;
}

export function createHost({ options, log, archive, conditions, slowReaders, readerRate }: HostParts): Host {
  const counts = { connects: 0, sent: 0 };
  const readers = new Set<Subscriber['channel']>();
  let lost: LoggedEvent[] = [];
  const store = (event: ShownEvent) => log.append(archive?.take(event, log.nextSeq) ?? event);
  const recover = () => {
    for (const event of lost.splice(0)) storeAgain(event, log, archive);
  };
  const view = createHostView(options, () => log.nextSeq, store);
  return {
    append(event) {
      recover();
      view.append(event);
    },
    settle() {
      recover();
      view.settle();
    },
    async serve(subscriber, from) {
      const { channel } = subscriber;
      counts.connects += 1;
      readers.add(channel);
      channel.closed.addEventListener('abort', () => readers.delete(channel));
      const isPaceTooSlow = watchPace(slowReaders);
      const isTooSlow = (sent: number, left: number) => {
        counts.sent += sent;
        return isPaceTooSlow(sent, left);
      };
      await deliver({ log, subscriber, from, rate: readerRate, conditions, isTooSlow });
    },
    status: () => ({ ...counts, readers: readers.size }),
    crash(events) {
      const from = Math.max(log.nextSeq - events, archive?.firstOpenSeq(log.nextSeq) ?? 0);
      lost = inOtherOrder([...log.takeBack(from), ...lost]);
      archive?.takeBack(from);
      for (const channel of readers) channel.drop();
    },
  };
}

function storeAgain({ line, ...event }: LoggedEvent, log: EventLog, archive: Archive | undefined): void {
  const again = { ...event, line: /"cursor":\d/.test(line) ? withCursor(line, log.nextSeq) : line };
  log.append(event.only === 'v1' ? again : (archive?.take(again, log.nextSeq) ?? again));
}

/** Those of every other account come first: the order within an account stays. */
function inOtherOrder(events: readonly LoggedEvent[]): LoggedEvent[] {
  const accounts = [...new Set(events.map(didOf))];
  const early = new Set(accounts.filter((_, nth) => nth % 2 === 0));
  return [...events.filter((event) => early.has(didOf(event))), ...events.filter((event) => !early.has(didOf(event)))];
}

function didOf({ line }: LoggedEvent): string {
  return /"did":"([^"]*)"/.exec(line)?.[1] ?? '';
}
